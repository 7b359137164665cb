package dev.hone.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.hone.loop.Mode;
import dev.hone.loop.Policy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of the database layer in a real browser, on a real PostgreSQL that is being used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabasePagesTest {
  private @Nullable Chromium chromium;
  private ShopDatabase shop;
  private RunningHone running;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Optional<Chromium> found = Chromium.start();
    Assumptions.assumeTrue(found.isPresent(), "needs Chromium (Debian: apt install chromium)");
    chromium = found.orElseThrow();
    shop = ShopDatabase.start();
    running =
        RunningHone.start(
            directory,
            Policy.observing().withModes(Map.of("database", Mode.RECOMMEND)),
            Optional.empty(),
            Optional.of(shop.connection()));
    RunningHone.await("a proposal", () -> !running.hone.loops().all().isEmpty());
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (running != null) {
      running.close();
    }
    if (shop != null) {
      shop.close();
    }
  }

  @AfterEach
  void nothingIsComplainedOf() {
    assertThat(Objects.requireNonNull(chromium).complaints()).isEmpty();
  }

  private Page open(String path, int width, ColorScheme scheme) {
    return Objects.requireNonNull(chromium).open(running.web.address() + path, width, scheme);
  }

  private static Locator link(Page page, String name) {
    return page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static void fits(Page page, int width) {
    Object wide = page.evaluate("document.documentElement.scrollWidth");
    assertThat(((Number) wide).intValue()).as("width of the content").isLessThanOrEqualTo(width);
  }

  @ParameterizedTest
  @CsvSource({"1280,LIGHT", "390,DARK"})
  void everyPageFitsItsWidthInLightAndDark(int width, ColorScheme scheme) throws Exception {
    try (Page page = open("database", width, scheme)) {
      assertThat(page.locator("#database-health")).containsText("shop");
      assertThat(page.locator(".cards > li")).hasCount(6);
      assertThat(page.locator(".statements")).containsText("sum(amount)");
      fits(page, width);
      page.navigate(running.web.address() + "database/statements/" + shop.slowQueryid());
      assertThat(page.locator("main")).containsText("Seq Scan");
      assertThat(page.locator(".plans").first()).containsText("hone_orders_customer_id");
      assertThat(page.locator(".charts figure").nth(5)).isVisible();
      fits(page, width);
      page.navigate(running.web.address() + "database/indexes");
      assertThat(page.locator(".database")).containsText("orders_placed_again");
      assertThat(page.locator(".database")).containsText("Duplicate");
      fits(page, width);
      page.navigate(running.web.address() + "database/advice");
      assertThat(page.locator("h1")).containsText("Recommendations");
      fits(page, width);
    }
  }

  @Test
  void fromTheNavigationToAStatementItsLoopAndBackByKeyboardAlone() throws Exception {
    try (Page page = open("", 1280, ColorScheme.LIGHT)) {
      link(page, "Database").focus();
      page.keyboard().press("Enter");
      page.locator(".statement-text a").first().focus();
      page.keyboard().press("Enter");
      assertThat(page.locator("h1")).containsText("Statement of shop");
      Locator loop = page.locator(".change h3 a").first();
      loop.focus();
      page.keyboard().press("Enter");
      assertThat(page.locator("h1")).containsText(Pattern.compile("Index .*orders"));
      page.goBack();
      assertThat(page.locator("h1")).containsText("Statement of shop");
    }
  }

  @Test
  void aNumberLeadsToItsQuery() {
    try (Page page = open("database", 1280, ColorScheme.LIGHT)) {
      page.locator(".statements .num a").first().click();
      assertThat(page.locator("textarea").first())
          .hasValue(Pattern.compile("rate\\(pg_statement_calls_total\\{database=\"shop\".*"));
    }
  }

  @Test
  void theIndexMapShowsOnlyWhatIsSuperfluous() {
    try (Page page = open("database/indexes", 1280, ColorScheme.DARK)) {
      page.getByLabel("Show").selectOption("superfluous");
      assertThat(page.locator(".index-map tbody tr")).hasCount(2);
      page.reload();
      assertThat(page.locator(".index-map tbody tr")).hasCount(2);
    }
  }

  @Test
  void theAdvisorIsAskedAndItsAdviceIsLinkedToTheLoop() {
    try (Page page = open("database/advice", 1280, ColorScheme.LIGHT)) {
      var ask =
          page.getByRole(
              AriaRole.BUTTON,
              new Page.GetByRoleOptions().setName(Pattern.compile("Ask (the advisor|again)")));
      ask.waitFor();
      if (ask.isEnabled()) {
        ask.click();
      }
      assertThat(page.locator(".advice-list")).containsText("DROP INDEX CONCURRENTLY");
      assertThat(page.locator(".advice-list")).containsText("CREATE INDEX");
      assertThat(page.locator(".advice-list .more").first()).containsText("Loop about this index");
    }
  }
}
