package dev.hone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages are made of: vendored files as they were published, and closed elements. */
class VendoredModulesTest {
  private static final Path PAGES = Path.of("src/main/resources/dev/hone/server/pages");

  /** htm takes an open void element for one that encloses all that follows. */
  private static final Pattern OPEN_VOID =
      Pattern.compile("<(img|input|br|hr|meta|link|col|source)\\b(?:[^>]|=>)*(?<![/=])>");

  @Test
  void vendoredFilesAreTheOnesThatVendorMdNames() throws Exception {
    var named = new TreeMap<String, String>();
    for (String line : Files.readAllLines(PAGES.resolve("vendor/VENDOR.md"))) {
      String[] cells = line.split("\\|");
      if (cells.length == 7 && cells[6].strip().length() == 64) {
        named.put(cells[1].strip(), cells[6].strip());
      }
    }
    var found = new TreeMap<String, String>();
    try (Stream<Path> files = Files.list(PAGES.resolve("vendor"))) {
      for (Path file : files.filter(f -> !f.endsWith("VENDOR.md")).toList()) {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        found.put(file.getFileName().toString(), HexFormat.of().formatHex(hash));
      }
    }
    assertThat(found).isEqualTo(named);
  }

  @Test
  void voidElementsAreClosed() throws IOException {
    assertThat(OPEN_VOID.matcher("<br>").find()).isTrue();
    assertThat(OPEN_VOID.matcher("<img a=x>").find()).isTrue();
    assertThat(OPEN_VOID.matcher("<img a=x />").find()).isFalse();
    try (Stream<Path> files = Files.walk(PAGES)) {
      for (Path file : files.filter(VendoredModulesTest::isOwnModule).toList()) {
        String code = Files.readString(file).replaceAll("(?s)/\\*\\*.*?\\*/", "");
        String text = code.replaceAll("\\$\\{[^{}]*\\}", "x");
        assertThat(OPEN_VOID.matcher(text).results().map(m -> m.group()).toList())
            .as(file.getFileName().toString())
            .isEmpty();
      }
    }
  }

  private static boolean isOwnModule(Path file) {
    return file.toString().endsWith(".js") && !file.startsWith(PAGES.resolve("vendor"));
  }

  @Test
  void thePagesLoadNothingFromElsewhere() throws IOException {
    try (InputStream index = Pages.class.getResourceAsStream("pages/index.html")) {
      assertThat(index).isNotNull();
      String text = new String(index.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(text).doesNotContainPattern("(src|href)=\"(https?:)?//");
    }
  }
}
