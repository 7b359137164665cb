package dev.hone.server;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Hone a command is about. */
final class ServerOptions {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description =
          "The running Hone (default: this host, port from hone.yaml, else "
              + Settings.DEFAULT_PORT
              + ").")
  private @Nullable String server;

  @Option(
      names = "--data-dir",
      description = "Its data directory (default: from hone.yaml, else ~/.local/share/hone).")
  private @Nullable Path dataDirectory;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Its settings (default: hone.yaml here, if there is one).")
  private @Nullable Path config;

  /** What its file of settings says. */
  ConfigFile file() throws StartException {
    return ConfigFile.find(config);
  }

  /** Its data directory. */
  Path data() throws StartException {
    return dataDirectory == null
        ? file().dataDirectory().orElseGet(Settings::defaultDataDirectory)
        : dataDirectory;
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
}
