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
import java.util.List;
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

/** The pages in a real browser, against a real Hone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {
  private @Nullable Chromium chromium;
  private RunningHone running;

  @BeforeAll
  void start(@TempDir Path directory) throws Exception {
    Optional<Chromium> found = Chromium.start();
    Assumptions.assumeTrue(found.isPresent(), "needs Chromium (Debian: apt install chromium)");
    chromium = found.orElseThrow();
    running = RunningHone.start(directory, Mode.APPROVE);
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
    assertThat(complaints()).as("what the browser complained of").isEmpty();
  }

  /** What still waits for a decision would wait in the next test's pages too. */
  @AfterEach
  void nothingWaits() throws Exception {
    for (LoopRecord loop : running.hone.loops().all()) {
      if (loop.state() == LoopState.PROPOSED) {
        running.hone.conductor().reject(loop.id(), "test", "over");
      }
    }
  }

  private List<String> complaints() {
    return Objects.requireNonNull(chromium).complaints();
  }

  private Page open(String path, int width, ColorScheme scheme) {
    String token = running.hone.token().value();
    return Objects.requireNonNull(chromium)
        .open(running.web.address() + path + "#token=" + token, width, scheme);
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static void confirm(Page page, String name) {
    page.getByRole(AriaRole.DIALOG)
        .getByRole(AriaRole.BUTTON, new Locator.GetByRoleOptions().setName(name).setExact(true))
        .click();
  }

  @ParameterizedTest
  @CsvSource({"1280,LIGHT", "390,DARK"})
  void everyViewFitsItsWidthInLightAndDark(int width, ColorScheme scheme) throws Exception {
    String loop = running.propose();
    try (Page page = open("", width, scheme)) {
      assertThat(page.locator("#health")).containsText("1 decision waits for you");
      assertThat(page.locator(".now")).containsText("Let sleep yield");
      fits(page, width);
      page.navigate(running.web.address() + "loops");
      assertThat(page.locator(".loop-table")).containsText("Let sleep yield");
      fits(page, width);
      page.navigate(running.web.address() + "loops/" + loop);
      assertThat(page.locator("main")).containsText("what nobody waits for yields");
      assertThat(page.locator("main")).containsText("chrt --other");
      fits(page, width);
    }
  }

  private static void fits(Page page, int width) {
    Object wide = page.evaluate("document.documentElement.scrollWidth");
    assertThat(((Number) wide).intValue()).as("width of the content").isLessThanOrEqualTo(width);
  }

  @Test
  void showsMoreThanAHundredHostMetrics() {
    try (Page page = open("", 1280, ColorScheme.LIGHT)) {
      assertThat(page.locator("#metrics-title"))
          .containsText(Pattern.compile("[1-9][0-9]{2,} of [1-9][0-9]{2,}"));
      page.getByPlaceholder("Search").fill("load1");
      assertThat(page.locator(".metrics")).containsText("node_load1");
    }
  }

  @Test
  void approvesAndRollsBackWithinThePage() throws Exception {
    RunningHone.needsRightsToReschedule();
    String loop = running.propose();
    try (Page page = open("loops/" + loop, 1280, ColorScheme.LIGHT)) {
      button(page, "Approve").click();
      confirm(page, "Approve and try");
      button(page, "Roll back").click();
      confirm(page, "Roll back");
      RunningHone.await("undo", () -> running.state(loop) == LoopState.ROLLED_BACK);
      assertThat(page.locator("main"))
          .containsText(Pattern.compile("rolled back", Pattern.CASE_INSENSITIVE));
    }
  }

  @Test
  void rejectsWithAReason() throws Exception {
    String loop = running.propose();
    try (Page page = open("", 1280, ColorScheme.DARK)) {
      button(page, "Reject").click();
      page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill("not on a Friday");
      confirm(page, "Reject");
      RunningHone.await("rejection", () -> running.state(loop) == LoopState.REJECTED);
      assertThat(page.locator(".now")).containsText("Nothing waits for you");
    }
    assertThat(running.hone.loops().require(loop).history().getLast().text())
        .contains("not on a Friday");
  }

  @Test
  void stopsEverythingAndResumesByKeyboardAlone() throws Exception {
    try (Page page = open("", 1280, ColorScheme.LIGHT)) {
      assertThat(page.locator("#health")).isVisible();
      button(page, "Stop everything").focus();
      page.keyboard().press("Enter");
      assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
      page.getByRole(AriaRole.DIALOG).getByRole(AriaRole.TEXTBOX).fill("drill");
      page.keyboard().press("Enter");
      RunningHone.await("stop", () -> running.hone.loops().killSwitch().stopped());
      button(page, "Resume").first().click();
      confirm(page, "Resume");
      RunningHone.await("resume", () -> !running.hone.loops().killSwitch().stopped());
    }
  }

  @Test
  void saysSoWhenThereIsNoSuchLoop() {
    try (Page page = open("loops/none", 1280, ColorScheme.LIGHT)) {
      assertThat(page.locator("main")).containsText("none");
      assertThat(complaints()).allMatch(text -> text.contains("404"));
    }
  }
}
