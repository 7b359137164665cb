package dev.hone.server;

import dev.hone.metrics.promql.Durations;
import dev.hone.metrics.remote.Backend;
import dev.hone.metrics.remote.Flavour;
import dev.hone.metrics.remote.RemoteOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code metrics:} with {@code store: remote} says in {@code hone.yaml}. */
final class RemoteSection {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,6})\\s*(MB|GB|TB)");
  private static final long LEAST_BUFFER = 64L << 20;

  private RemoteSection() {}

  /**
   * Reads {@code backends, copies, partial, buffer, outOfOrder, maxSeries}; nothing where something
   * is wrong, which is noted.
   */
  static Optional<RemoteOptions> read(YamlSection section) {
    var backends = new ArrayList<Backend>();
    var names = new HashSet<String>();
    List<YamlSection> entries = section.sections("backends");
    boolean good = true;
    for (YamlSection entry : entries) {
      Optional<Backend> backend = backend(entry);
      if (backend.isPresent() && !names.add(backend.get().name())) {
        entry.wrong("name", "a name that no other backend has");
        backend = Optional.empty();
      }
      good &= backend.isPresent();
      backend.ifPresent(backends::add);
      entry.end();
    }
    if (entries.isEmpty()) {
      section.wrong("backends", "a list of at least one backend with `name` and `url`");
      good = false;
    }
    int most = Math.max(1, entries.size());
    int copies = section.integer("copies", 1, most).orElse(Math.min(2, most));
    var partial =
        section.choice("partial", RemoteOptions.Partial.class).orElse(RemoteOptions.Partial.WARN);
    Optional<Integer> maxSeries = section.integer("maxSeries", 1_000, 50_000_000);
    long buffer = section.text("buffer").map(text -> buffer(section, text)).orElse(10L << 30);
    Duration outOfOrder =
        section.text("outOfOrder").map(text -> outOfOrder(section, text)).orElse(Duration.ZERO);
    if (!good) {
      return Optional.empty();
    }
    RemoteOptions usual = RemoteOptions.of(backends);
    return Optional.of(
        new RemoteOptions(
            backends,
            copies,
            partial,
            buffer,
            maxSeries.orElse(usual.maxSeries()),
            outOfOrder,
            usual.pace()));
  }

  private static long buffer(YamlSection section, String text) {
    Matcher size = SIZE.matcher(text);
    if (size.matches()) {
      int shift =
          switch (size.group(2)) {
            case "MB" -> 20;
            case "GB" -> 30;
            default -> 40;
          };
      long bytes = Long.parseLong(size.group(1)) << shift;
      if (bytes >= LEAST_BUFFER) {
        return bytes;
      }
    }
    section.wrong("buffer", "a size of at least 64MB, like 10GB");
    return LEAST_BUFFER;
  }

  private static Duration outOfOrder(YamlSection section, String text) {
    try {
      return Duration.ofMillis(Durations.millis(text));
    } catch (IllegalArgumentException e) {
      section.wrong("outOfOrder", "the window that the backends are set to, like 30m");
      return Duration.ZERO;
    }
  }

  private static Optional<Backend> backend(YamlSection entry) {
    String name = entry.required("name");
    boolean named = name.matches("[A-Za-z0-9_.-]{1,64}");
    if (!named && !name.isEmpty()) {
      entry.wrong("name", "a word of letters, digits, `_`, `.` and `-`");
    }
    Optional<Flavour> flavour = entry.choice("flavour", Flavour.class);
    String given = entry.required("url");
    Optional<URI> url = given.isEmpty() ? Optional.empty() : address(entry, "url", given);
    Optional<URI> writeUrl =
        entry.text("writeUrl").flatMap(text -> address(entry, "writeUrl", text));
    if (flavour.equals(Optional.of(Flavour.THANOS)) && entry.text("writeUrl").isEmpty()) {
      entry.wrong("writeUrl", "the address of the receiver, as Thanos answers queries elsewhere");
      return Optional.empty();
    }
    var access =
        new Backend.Access(
            entry.text("username"),
            file(entry, "passwordFile"),
            file(entry, "tokenFile"),
            file(entry, "caFile"),
            entry.text("tenant"));
    if (access.tokenFile().isPresent() && access.username().isPresent()) {
      entry.wrong("tokenFile", "left out where there is a `username`: one of the two");
    }
    return named && url.isPresent()
        ? Optional.of(
            new Backend(name, url.get(), flavour.orElse(Flavour.PROMETHEUS), writeUrl, access))
        : Optional.empty();
  }

  private static Optional<URI> address(YamlSection entry, String key, String text) {
    try {
      var uri = new URI(text.replaceFirst("/+$", ""));
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      boolean web = scheme.equals("http") || scheme.equals("https");
      if (web && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
        return Optional.of(uri);
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    entry.wrong(
        key,
        "an address like https://metrics-1:9090, without a user in it; use `username` and"
            + " `passwordFile` for that");
    return Optional.empty();
  }

  private static Optional<Path> file(YamlSection entry, String key) {
    Optional<Path> file = entry.text(key).map(Path::of);
    if (file.isPresent() && !Files.isReadable(file.get())) {
      entry.wrong(key, "a file that Hone can read");
    }
    return file;
  }
}
