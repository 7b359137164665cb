package dev.hone.server;

import dev.hone.loop.Json;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which running Hone a command asks. */
class ServerOptions {
  @Option(
      names = "--server",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "URL",
      description =
          "The running Hone (default: this host, port from hone.yaml, else "
              + Settings.DEFAULT_PORT
              + ").")
  private @Nullable String server;

  @Option(
      names = "--config",
      scope = CommandLine.ScopeType.INHERIT,
      paramLabel = "FILE",
      description = "Its settings (default: hone.yaml here, if there is one).")
  private @Nullable Path config;

  /** What its file of settings says. */
  ConfigFile file() throws StartException {
    return ConfigFile.find(config);
  }

  /** Whether an address was named. */
  boolean named() {
    return server != null;
  }

  /** The address of something in its API. */
  URI api(String path) throws StartException {
    String base =
        server == null
            ? "http://127.0.0.1:" + file().port().orElse(Settings.DEFAULT_PORT)
            : server.replaceFirst("/+$", "");
    try {
      return JobReader.address(base + "/api/v1/" + path);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "--server is `" + base + "`; write it like http://127.0.0.1:8600", e);
    }
  }

  /** The object that a Hone answered. */
  static Map<String, @Nullable Object> parsed(String body, URI address) throws StartException {
    try {
      return Json.parseObject(body);
    } catch (IllegalArgumentException e) {
      throw new StartException(
          "what answers at " + address + " is no Hone; name the running one with --server", e);
    }
  }
}
