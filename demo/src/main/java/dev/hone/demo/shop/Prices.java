package dev.hone.demo.shop;

import dev.hone.demo.http.Client;
import java.io.IOException;

/** Today's prices, asked from the pricing service. */
final class Prices {
  private final Client pricing;

  Prices(Client pricing) {
    this.pricing = pricing;
  }

  /**
   * Asks for the price of a product today.
   *
   * @param product the product's number
   * @param cents its list price
   * @return its price in cents
   * @throws IOException when the pricing service does not answer
   */
  long today(long product, int cents) throws IOException {
    Client.Reply reply = pricing.send("GET", "/price?product=" + product + "&cents=" + cents);
    if (reply.status() != 200) {
      throw new IOException("The pricing service answered " + reply.status() + ".");
    }
    return Long.parseLong(reply.body().strip());
  }
}
