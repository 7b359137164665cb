package dev.hone.server;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The static files of the pages, from the class path; every page is the same shell. */
final class Pages {
  private static final Pattern NAME = Pattern.compile("/[A-Za-z0-9_./-]*");
  private static final Pattern INLINE =
      Pattern.compile("<script type=\"importmap\">(.*?)</script>", Pattern.DOTALL);
  private static final Set<String> VIEWS =
      Set.of("/", "/loops", "/calibration", "/policy", "/audit", "/explore", "/database");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "json", "application/json",
          "md", "text/plain; charset=utf-8");

  private final Map<String, Buffer> files = new ConcurrentHashMap<>();
  private final String policy;

  Pages() {
    Buffer shell = load("/index.html");
    String html = shell == null ? "" : shell.toString();
    var inline = INLINE.matcher(html);
    String hash = inline.find() ? " 'sha256-" + sha256(inline.group(1)) + "'" : "";
    policy =
        "default-src 'self'; script-src 'self'"
            + hash
            + "; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
  }

  String contentSecurityPolicy() {
    return policy;
  }

  void serve(String path, HttpServerResponse response) {
    boolean shell = VIEWS.contains(path) || path.startsWith("/loops/") || isDatabase(path);
    String file = shell ? "/index.html" : path;
    Buffer content = NAME.matcher(file).matches() && !file.contains("..") ? load(file) : null;
    if (content == null) {
      response
          .setStatusCode(404)
          .putHeader("Content-Type", "text/plain; charset=utf-8")
          .end("There is no page `" + path + "`. The first page is at /.\n");
      return;
    }
    String ending = file.substring(file.lastIndexOf('.') + 1);
    response
        .putHeader("Content-Type", TYPES.getOrDefault(ending, "application/octet-stream"))
        .putHeader("Cache-Control", "no-cache")
        .end(content);
  }

  /** Modules and style sheets of the view lie below the same path. */
  private static boolean isDatabase(String path) {
    return path.startsWith("/database/") && path.indexOf('.') < 0;
  }

  private @Nullable Buffer load(String file) {
    Buffer known = files.get(file);
    if (known != null) {
      return known;
    }
    try (InputStream in = Pages.class.getResourceAsStream("pages" + file)) {
      if (in == null || file.endsWith("/")) {
        return null;
      }
      Buffer content = Buffer.buffer(in.readAllBytes());
      files.put(file, content);
      return content;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
