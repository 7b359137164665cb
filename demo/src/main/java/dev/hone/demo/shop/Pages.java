package dev.hone.demo.shop;

import dev.hone.demo.http.Query;
import dev.hone.demo.http.Site;
import dev.hone.demo.http.Site.Answer;
import java.time.LocalDate;

/** The shop's addresses and their answers. */
final class Pages {
  private final Store store;
  private final Prices prices;

  Pages(Store store, Prices prices) {
    this.store = store;
    this.prices = prices;
  }

  void addTo(Site site, ShopMetrics metrics) {
    add(site, metrics, "catalogue", q -> Answer.json(store.catalogue(q.number("category"))));
    add(site, metrics, "search", q -> Answer.json(store.search(q.text("word"))));
    add(site, metrics, "product", this::product);
    add(
        site,
        metrics,
        "basket",
        q -> Answer.json(store.addToBasket(q.number("customer"), q.number("product"))));
    add(
        site,
        metrics,
        "order",
        q -> Answer.json(store.order(q.number("customer"), q.number("product"))));
    add(site, metrics, "history", q -> Answer.json(store.history(q.number("customer"))));
    add(site, metrics, "figures", q -> Answer.json(store.figures(LocalDate.parse(q.text("day")))));
    site.route("/health", _ -> Answer.json("{\"up\":true}"));
  }

  private static void add(Site site, ShopMetrics metrics, String name, Site.Route route) {
    site.route(
        "/" + name, route, (answer, nanos) -> metrics.answered(name, answer.status(), nanos));
  }

  private Answer product(Query query) throws Exception {
    long id = query.number("id");
    Store.Product product = store.product(id);
    return Answer.json(
        "{\"id\":%d,\"name\":\"%s\",\"stock\":%d,\"cents\":%d}"
            .formatted(id, product.name(), product.stock(), prices.today(id, product.cents())));
  }
}
