package dev.hone.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import dev.hone.loop.Mode;
import dev.hone.metrics.Labels;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page for metrics in a real browser, against a real Hone with ten minutes of a shop. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplorePageTest {
  private static final Instant FROM =
      Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(1));
  private static final Duration LENGTH = Duration.ofMinutes(10);
  private static final int QUEUES = 50;

  private @Nullable Chromium chromium;
  private RunningHone running;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    running = RunningHone.start(directory, Mode.OBSERVE);
    chromium = Chromium.start().orElse(null);
    for (int at = 0; at <= LENGTH.toSeconds(); at += 5) {
      append(Map.of("__name__", "shop_orders_total", "region", "north"), at, at);
      append(Map.of("__name__", "shop_orders_total", "region", "south"), at, at * 9.0);
      append(Map.of("__name__", "shop_cart_bytes"), at, 4096);
    }
    for (int queue = 0; queue < QUEUES; queue++) {
      append(Map.of("__name__", "shop_queue_length", "queue", "q" + queue), 600, queue);
    }
  }

  private void append(Map<String, String> labels, int second, double value) throws Exception {
    running.hone.store().append(Labels.of(labels), FROM.plusSeconds(second).toEpochMilli(), value);
  }

  @AfterAll
  void stop() {
    if (running != null) {
      running.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @BeforeEach
  void needsChromium() {
    Assumptions.assumeTrue(chromium != null, "needs Chromium (Debian: apt install chromium)");
  }

  @AfterEach
  void nothingIsComplainedOf() {
    if (chromium != null) {
      assertThat(chromium.complaints()).as("what the browser complained of").isEmpty();
    }
  }

  private Page open(int width, ColorScheme scheme, String... queries) {
    var address = new StringBuilder(running.web.address()).append("explore?refresh=0");
    address.append("&from=").append(FROM).append("&to=").append(FROM.plus(LENGTH));
    for (String query : queries) {
      address.append("&q=").append(URLEncoder.encode(query, StandardCharsets.UTF_8));
    }
    return Objects.requireNonNull(chromium).open(address.toString(), width, scheme);
  }

  private Page open(String... queries) {
    return open(1280, ColorScheme.LIGHT, queries);
  }

  private static Locator field(Page page) {
    return page.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Query 1"));
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator chosenOption(Page page) {
    return page.getByRole(AriaRole.LISTBOX)
        .getByRole(AriaRole.OPTION, new Locator.GetByRoleOptions().setSelected(true));
  }

  private static Locator series(Page page) {
    return page.locator(".series li");
  }

  @Test
  void aQueryIsWrittenByKeyboardWithCompletionOfNamesLabelsAndValues() {
    try (Page page = open()) {
      field(page).focus();
      page.keyboard().type("shop_or");
      assertThat(chosenOption(page)).containsText("shop_orders_total");
      assertThat(field(page)).hasAttribute("aria-expanded", "true");
      page.keyboard().press("Enter");
      assertThat(field(page)).hasValue("shop_orders_total");
      assertThat(field(page)).hasAttribute("aria-expanded", "false");
      page.keyboard().type("{re");
      assertThat(chosenOption(page)).containsText("region");
      page.keyboard().press("Tab");
      assertThat(chosenOption(page)).containsText("north");
      page.keyboard().press("ArrowDown");
      assertThat(chosenOption(page)).containsText("south");
      page.keyboard().press("Enter");
      assertThat(field(page)).hasValue("shop_orders_total{region=\"south\"");
      page.keyboard().type("}");
      page.keyboard().press("Enter");
      assertThat(series(page)).hasCount(1);
      assertThat(series(page)).containsText("shop_orders_total{region=\"south\"}");
      assertThat(series(page)).containsText("5,400");
      assertThat(page.locator(".uplot canvas")).isVisible();
    }
  }

  @Test
  void completionExplainsTheLanguageAndLeavesTheFieldAloneOnEscape() {
    try (Page page = open()) {
      field(page).focus();
      page.keyboard().press("Control+Space");
      assertThat(page.getByRole(AriaRole.LISTBOX)).isVisible();
      page.keyboard().press("Escape");
      assertThat(page.getByRole(AriaRole.LISTBOX)).hasCount(0);
      page.keyboard().type("quantile_o");
      assertThat(chosenOption(page)).containsText("function");
      assertThat(page.locator(".option-note")).containsText("quantile of the samples");
      page.keyboard().press("Enter");
      assertThat(field(page)).hasValue("quantile_over_time()");
      page.keyboard().type("0.5, shop_ca");
      assertThat(chosenOption(page)).containsText("shop_cart_bytes");
      page.keyboard().press("Enter");
      page.keyboard().type("[");
      assertThat(chosenOption(page)).containsText("1m");
      page.keyboard().press("ArrowDown");
      page.keyboard().press("Enter");
      assertThat(field(page)).hasValue("quantile_over_time(0.5, shop_cart_bytes[5m)");
    }
  }

  @Test
  void anErrorIsMarkedAtItsPlace() {
    try (Page page = open()) {
      field(page).fill("sum by (region) (\n  rate(shop_orders_total[1m)\n)");
      field(page).press("Enter");
      Locator problem = page.getByRole(AriaRole.ALERT).locator(".problem");
      assertThat(problem).containsText("Line 2, column 28");
      assertThat(problem.locator("pre")).containsText("rate(shop_orders_total[1m)");
      assertThat(field(page)).hasAttribute("aria-invalid", "true");
      assertThat(page.locator(".mirror mark")).hasText(")");
      button(page, "Line 2, column 28").click();
      assertThat(field(page)).isFocused();
      field(page).fill("sum by (region) (\n  rate(shop_orders_total[1m])\n)");
      assertThat(problem).hasCount(0);
      field(page).press("Enter");
      assertThat(series(page)).hasCount(2);
    }
  }

  @Test
  void theTableSortsByWhatIsChosen() {
    try (Page page = open("shop_orders_total")) {
      button(page, "Table").click();
      Locator rows = page.locator(".result tbody tr");
      assertThat(rows).hasCount(2);
      page.locator(".result th button").last().click();
      assertThat(rows.first()).containsText("5,400");
      assertThat(page.locator(".result th[aria-sort=descending]")).containsText("value");
      page.locator(".result th button").last().click();
      assertThat(rows.first()).containsText("600");
      assertThat(page.locator(".result th[aria-sort=ascending]")).containsText("value");
    }
  }

  @Test
  void aCopiedLinkOpensTheSame() {
    String link;
    try (Page page = open("rate(shop_orders_total[1m])")) {
      assertThat(series(page)).hasCount(2);
      button(page, "Add a query").click();
      Locator second =
          page.getByRole(AriaRole.COMBOBOX, new Page.GetByRoleOptions().setName("Query 2"));
      assertThat(second).isFocused();
      second.fill("shop_orders_total");
      second.press("Enter");
      Locator panel = page.locator(".query").nth(1);
      panel.getByText("Table").click();
      panel.locator(".result th button").last().click();
      assertThat(panel.locator(".result tbody tr").first()).containsText("5,400");
      button(page, "Copy link").click();
      link = page.url();
    }
    try (Page page = Objects.requireNonNull(chromium).open(link, 1280, ColorScheme.DARK)) {
      assertThat(field(page)).hasValue("rate(shop_orders_total[1m])");
      assertThat(series(page)).hasCount(2);
      Locator panel = page.locator(".query").nth(1);
      assertThat(panel.locator(".result tbody tr").first()).containsText("5,400");
      assertThat(panel.locator("th[aria-sort=descending]")).hasCount(1);
      assertThat(button(page, "Own")).hasAttribute("aria-pressed", "true");
      assertThat(page.locator(".refresh select")).hasValue("0");
    }
  }

  @Test
  void aDragZoomsAllChartsAndTheBackButtonUndoesIt() {
    try (Page page = open("rate(shop_orders_total[1m])", "shop_cart_bytes")) {
      assertThat(series(page)).hasCount(3);
      assertThat(page.locator(".query-bar").last()).containsText("step 2 s");
      assertThat(page.locator(".u-over")).hasCount(2);
      BoundingBox chart = page.locator(".u-over").first().boundingBox();
      page.mouse().move(chart.x + chart.width * 0.3, chart.y + 50);
      page.mouse().down();
      page.mouse().move(chart.x + chart.width * 0.5, chart.y + 60);
      page.mouse().move(chart.x + chart.width * 0.7, chart.y + 60);
      page.mouse().up();
      assertThat(button(page, "Reset zoom")).isVisible();
      assertThat(page.locator(".query-bar").last()).containsText("step 1 s");
      page.goBack();
      assertThat(button(page, "Reset zoom")).hasCount(0);
      page.goForward();
      button(page, "Reset zoom").click();
      assertThat(page.locator(".query-bar").last()).containsText("step 2 s");
    }
  }

  @Test
  void theCursorOfAChartMovesByKeyboardAndIsSharedAndSpoken() {
    try (Page page = open("shop_orders_total", "shop_cart_bytes")) {
      assertThat(series(page)).hasCount(3);
      page.locator(".drawing .canvas").first().focus();
      page.keyboard().press("Home");
      page.keyboard().press("ArrowRight");
      assertThat(page.locator(".drawing [role=status]").first()).containsText("region=\"south\"");
      assertThat(series(page).last()).containsText("4 KiB");
      assertThat(page.locator(".readout").last()).not().containsText("Newest values");
    }
  }

  @Test
  void moreSeriesThanCanBeToldApartAreSaidAndNarrowed() {
    try (Page page = open("shop_queue_length")) {
      assertThat(page.locator(".chart-limit")).containsText("40 of 50 series");
      assertThat(series(page)).hasCount(40);
      assertThat(page.locator(".series")).containsText("queue=\"q10\"");
      assertThat(page.locator(".series")).not().containsText("queue=\"q9\"");
      button(page, "Draw the 10 largest").click();
      assertThat(field(page)).hasValue("topk(10, shop_queue_length)");
      assertThat(series(page)).hasCount(10);
    }
  }

  @Test
  void aSlowQueryIsSeenAndEndsWhenANewOneStarts() {
    var held = new ArrayList<Route>();
    var ended = new ArrayList<Request>();
    try (Page page = open()) {
      page.route("**/query_range", held::add);
      page.onRequestFailed(ended::add);
      field(page).fill("shop_cart_bytes");
      field(page).press("Enter");
      assertThat(page.locator(".progress")).containsText("Still reading");
      assertThat(page.locator(".query-result")).hasAttribute("aria-busy", "true");
      field(page).fill("shop_orders_total");
      field(page).press("Enter");
      page.waitForCondition(() -> ended.size() == 1);
      page.waitForCondition(() -> held.size() == 2);
      assertThat(ended.getFirst().postData()).contains("shop_cart_bytes");
      button(page, "Cancel").click();
      assertThat(page.locator(".query-result")).containsText("Cancelled");
      page.unroute("**/query_range");
      button(page, "Run").click();
      assertThat(series(page)).hasCount(2);
    }
  }

  @Test
  void anEmptyPageOffersQuestionsThatCanBeAnswered() throws Exception {
    RunningHone.await(
        "load", () -> running.hone.store().labelValues("__name__").contains("node_load1"));
    try (Page page = open()) {
      page.getByText("How many tasks want to run?").click();
      assertThat(field(page)).hasValue("node_load1");
      button(page, "Last 5 min").click();
      assertThat(series(page)).containsText("node_load1");
    }
  }

  @Test
  void theNavigationAndTheListOfMetricsLeadHere() throws Exception {
    RunningHone.await(
        "load", () -> running.hone.store().labelValues("__name__").contains("node_load1"));
    try (Page page =
        Objects.requireNonNull(chromium).open(running.web.address(), 1280, ColorScheme.LIGHT)) {
      var asked = new ArrayList<String>();
      page.onRequest(
          request -> {
            if (request.url().endsWith("/api/v1/query")) {
              asked.add(String.valueOf(request.postData()));
            }
          });
      page.getByPlaceholder("Search").fill("node_load");
      page.locator("tr[data-name=node_load1]").scrollIntoViewIfNeeded();
      assertThat(page.locator("tr[data-name=node_load1] .num"))
          .containsText(Pattern.compile("[0-9]"));
      assertThat(asked).last().asString().contains("node_load1").contains("node_load15");
      page.getByLabel("Explore node_load1", new Page.GetByLabelOptions().setExact(true)).click();
      assertThat(field(page)).hasValue("node_load1");
      assertThat(page.locator("nav [aria-current=page]")).hasText("Explore");
    }
  }

  @ParameterizedTest
  @CsvSource({"1280,LIGHT", "390,DARK"})
  void fitsItsWidthInLightAndDark(int width, ColorScheme scheme) {
    try (Page page = open(width, scheme)) {
      assertThat(page.locator(".examples li").first()).isVisible();
      fits(page, width);
    }
    String wrong = "shop_orders_total{region=\"a region with a name that does not end soon\"} +";
    try (Page page = open(width, scheme, "shop_queue_length", "shop_orders_total", wrong)) {
      assertThat(series(page)).hasCount(42);
      assertThat(page.locator(".problem")).isVisible();
      fits(page, width);
      page.locator(".query").nth(1).getByText("Table").click();
      assertThat(page.locator(".result tbody tr")).hasCount(2);
      fits(page, width);
      field(page).fill("shop_");
      field(page).press("Control+Space");
      assertThat(page.getByRole(AriaRole.LISTBOX)).isVisible();
      fits(page, width);
    }
  }

  private static void fits(Page page, int width) {
    Object wide = page.evaluate("document.documentElement.scrollWidth");
    assertThat(((Number) wide).intValue()).as("width of the content").isLessThanOrEqualTo(width);
  }

  @Test
  void nothingMovesWhenAnAnswerArrives() {
    try (Page page = open("shop_orders_total", "shop_cart_bytes")) {
      assertThat(series(page)).hasCount(3);
      double before = page.locator(".query").nth(1).boundingBox().y;
      var held = new ArrayList<Route>();
      page.route("**/query_range", held::add);
      button(page, "Now").click();
      page.waitForCondition(() -> held.size() == 2);
      assertThat(page.locator(".query").nth(1).boundingBox().y).isEqualTo(before);
      held.forEach(Route::resume);
      assertThat(page.locator(".query-result[aria-busy=true]")).hasCount(0);
      assertThat(page.locator(".query").nth(1).boundingBox().y).isEqualTo(before);
    }
  }
}
