package dev.hone.server;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.hone.loop.Mode;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoDatabasePageTest {
  @Test
  void withoutADatabaseThePageSaysHowToNameOne(@TempDir Path directory) throws Exception {
    Optional<Chromium> found = Chromium.start();
    Assumptions.assumeTrue(found.isPresent(), "needs Chromium (Debian: apt install chromium)");
    try (Chromium chromium = found.orElseThrow();
        var running = RunningHone.start(directory, Mode.APPROVE)) {
      try (Page page = chromium.open(running.web.address() + "database", 390, ColorScheme.LIGHT)) {
        assertThat(page.locator("h1")).containsText("No database is watched");
        assertThat(page.locator(".database")).containsText("hone serve --postgres");
      }
      assertThat(chromium.complaints()).isEmpty();
    }
  }
}
