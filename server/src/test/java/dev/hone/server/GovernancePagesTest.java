package dev.hone.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.LoopState;
import dev.hone.loop.Mode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
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

/** The pages for deciding and for checking Hone, in a real browser, on a Hone with a past. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GovernancePagesTest {
  private @Nullable Chromium chromium;
  private RunningHone running;
  private Path directory;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    Optional<Chromium> found = Chromium.start();
    Assumptions.assumeTrue(found.isPresent(), "needs Chromium (Debian: apt install chromium)");
    chromium = found.orElseThrow();
    directory = temporary;
    Instant now = Instant.now();
    PastLoops.weeks(directory, now);
    PastLoops.oneWay(directory, now);
    running = RunningHone.start(directory, PastLoops.POLICY);
  }

  @AfterAll
  void stop() {
    if (chromium != null) {
      chromium.close();
      running.close();
    }
  }

  @AfterEach
  void nothingIsComplainedOf() {
    assertThat(Objects.requireNonNull(chromium).complaints()).isEmpty();
  }

  private Page open(String path, int width, ColorScheme scheme) {
    String token = running.hone.token().value();
    return Objects.requireNonNull(chromium)
        .open(running.web.address() + path + "#token=" + token, width, scheme);
  }

  private LoopRecord loop(String target) {
    return running.hone.loops().all().stream()
        .filter(l -> l.plan().knob().target().name().equals(target))
        .findFirst()
        .orElseThrow();
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static void confirm(Page page, String name) {
    page.getByRole(AriaRole.DIALOG)
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true))
        .click();
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
  }

  @ParameterizedTest
  @CsvSource({"1280,LIGHT", "390,DARK"})
  void everyViewFitsItsWidthInLightAndDark(int width, ColorScheme scheme) {
    try (Page page = open("loops", width, scheme)) {
      assertThat(page.locator(".queue > li")).hasCount(3);
      assertThat(page.locator(".queue")).containsText("typically after 26 min");
      assertThat(page.locator(".waiting")).containsText("year end");
      assertThat(page.locator(".loop-table tbody tr")).hasCount(13);
      fits(page, width);
      page.navigate(running.web.address() + "loops/" + loop("orders").id());
      assertThat(page.locator("main")).containsText("first half has the change");
      assertThat(page.locator("main")).containsText("Settles in");
      assertThat(page.locator(".versus")).containsText("typically 26 min");
      fits(page, width);
      page.navigate(running.web.address() + "loops/" + loop("pool-0").id());
      assertThat(page.locator("main")).containsText("Measured again");
      fits(page, width);
      page.navigate(running.web.address() + "calibration");
      assertThat(page.locator(".rate-list > li")).hasCount(3);
      assertThat(page.locator(".govern")).containsText("8 of 8 stand together");
      assertThat(page.locator(".lessons")).containsText("grow-pool");
      fits(page, width);
      page.navigate(running.web.address() + "audit");
      assertThat(page.locator(".chain")).containsText("The chain is whole");
      assertThat(page.locator(".trail tbody tr")).hasCount(100);
      fits(page, width);
      page.navigate(running.web.address() + "policy");
      assertThat(page.locator(".window-list")).containsText("every day");
      fits(page, width);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "users, 1280, DARK, 1 untouched control, Proven better",
    "visits, 390, LIGHT, nothing is untouched by it to compare with, Shown to make nothing worse"
  })
  void aOneWayChangeShowsItsWindows(
      String target, int width, ColorScheme scheme, String text, String meaning) {
    try (Page page = open("loops/" + loop(target).id(), width, scheme)) {
      assertThat(page.locator("main")).containsText("Relative to before");
      assertThat(page.locator(".summary")).containsText(meaning);
      assertThat(page.locator("main")).containsText(text);
      fits(page, width);
    }
  }

  private static void fits(Page page, int width) {
    Object wide = page.evaluate("document.documentElement.scrollWidth");
    assertThat(((Number) wide).intValue()).as("width of the content").isLessThanOrEqualTo(width);
  }

  @Test
  void twoPeopleAgreeEachWithTheirOwnToken() throws Exception {
    String secret =
        NamedTokens.in(directory).add("ada", Role.APPROVER, Instant.now(), new SplittableRandom(3));
    LoopRecord loop = loop("baskets");
    try (Page page = open("loops/" + loop.id(), 1280, ColorScheme.LIGHT)) {
      button(page, "Approve").click();
      confirm(page, "Agree as the first of two");
      assertThat(page.locator(".summary")).containsText("1 of 2");
      assertThat(page.locator(".summary")).containsText("You have agreed.");
      assertThat(button(page, "Approve")).hasCount(0);
      button(page, "Sign out").click();
      button(page, "Approve").click();
      page.getByLabel("Token").fill(secret);
      confirm(page, "Approve and try");
      assertThat(page.locator("footer")).containsText("Signed in as ada, approver");
      assertThat(page.locator(".summary")).containsText("2 of 2");
      assertThat(page.locator(".summary")).containsText("year end");
    }
    assertThat(running.state(loop.id())).isEqualTo(LoopState.SCHEDULED);
  }

  @Test
  void aPolicyShowsItsEffectBeforeItCanBeSaved() {
    try (Page page = open("policy", 1280, ColorScheme.LIGHT)) {
      assertThat(button(page, "Save")).isDisabled();
      page.getByLabel("Mode of database/grow-pool", new Page.GetByLabelOptions().setExact(true))
          .selectOption("RECOMMEND");
      page.getByLabel("Smallest gain worth keeping").fill("two");
      assertThat(button(page, "Save")).isDisabled();
      button(page, "Show the effect").click();
      assertThat(page.locator(".save")).containsText("leastGain is two; it must be a number");
      assertThat(button(page, "Save")).isDisabled();
      page.getByLabel("Smallest gain worth keeping").fill("0.03");
      button(page, "Show the effect").click();
      assertThat(page.locator(".settings")).containsText("AUTO → RECOMMEND");
      assertThat(page.locator(".changed")).containsText("asks → shown");
      page.getByLabel("Smallest gain worth keeping").fill("0.04");
      assertThat(button(page, "Save")).isDisabled();
      button(page, "Show the effect").click();
      button(page, "Save").click();
      page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill("pools wait for spring");
      confirm(page, "Save");
      assertThat(page.locator(".govern")).containsText("pools wait for spring");
    }
    assertThat(running.hone.conductor().policy().modes())
        .containsEntry("database/grow-pool", Mode.RECOMMEND);
    assertThat(running.hone.conductor().policy().leastGain()).isEqualTo(0.04);
    running.hone.conductor().setPolicy(PastLoops.POLICY, "test", "as before");
  }

  @Test
  void changesAreFrozenAndThawed() {
    try (Page page = open("policy", 1280, ColorScheme.DARK)) {
      button(page, "Freeze changes").click();
      page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill("big sale");
      confirm(page, "Freeze");
      assertThat(page.locator(".banner")).containsText("big sale");
      button(page, "Thaw").first().click();
      confirm(page, "Thaw");
      assertThat(page.locator(".banner")).hasCount(0);
    }
  }

  @Test
  void theTrailIsFilteredAndTheAddressSaysHow() {
    try (Page page = open("audit", 1280, ColorScheme.LIGHT)) {
      page.getByLabel("Kind").selectOption("Proposed");
      assertThat(page.locator(".trail tbody tr")).hasCount(13);
      page.getByLabel("Text").fill("baskets");
      assertThat(page.locator(".trail tbody tr")).hasCount(1);
      assertThat(page.locator(".trail")).containsText("Create an index on baskets");
      page.reload();
      assertThat(page.locator(".trail tbody tr")).hasCount(1);
      page.navigate(running.web.address() + "audit?by=ada&kind=Approved");
      assertThat(page.locator(".trail tbody tr").first()).containsText("ada");
    }
  }

  @Test
  void loopsAreFoundByTheirText() {
    try (Page page = open("loops", 1280, ColorScheme.DARK)) {
      page.getByPlaceholder("title, technique").fill("SEARCH");
      assertThat(page.locator(".loop-table tbody tr")).hasCount(1);
      page.getByPlaceholder("title, technique").fill("nowhere");
      assertThat(page.locator(".loops")).containsText("No loop matches.");
    }
  }
}
