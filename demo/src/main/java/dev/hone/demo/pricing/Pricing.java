package dev.hone.demo.pricing;

import dev.hone.demo.child.Arguments;
import dev.hone.demo.child.Lifeline;
import dev.hone.demo.http.Site;
import java.io.IOException;

/**
 * The pricing service: {@code GET /price?product=N&cents=N} answers the discounted price in cents
 * after a simulation that costs real processor time.
 *
 * <p>Arguments: {@code --port N} (0: free), {@code --micros N} processor time per price in
 * microseconds.
 */
public final class Pricing implements Lifeline.Running {
  private final Site site;

  private Pricing(Site site) {
    this.site = site;
  }

  /** Runs the service until standard input ends. */
  public static void main(String[] args) {
    Lifeline.run(() -> start(new Arguments(args)));
  }

  private static Pricing start(Arguments arguments) throws IOException {
    Demand demand = Demand.costing(arguments.number("micros", 500) * 1_000);
    Site site = new Site(Math.toIntExact(arguments.number("port", 0)));
    site.route(
        "/price",
        query -> {
          long cents = query.number("cents");
          return Site.Answer.text(
              200, Long.toString(Math.round(cents * demand.discount(query.number("product")))));
        });
    site.start();
    return new Pricing(site);
  }

  @Override
  public String announcement() {
    return "port=" + site.port();
  }

  @Override
  public void close() {
    site.close();
  }
}
