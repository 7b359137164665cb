package dev.hone.server;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which Hone a command is about, running or not. */
final class StoreOptions extends ServerOptions {
  @Option(
      names = "--data-dir",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Its data directory (default: from hone.yaml, else ~/.local/share/hone).")
  private @Nullable Path dataDirectory;

  /** Whether a data directory was named. */
  boolean dataNamed() {
    return dataDirectory != null;
  }

  /** Its data directory. */
  Path data() throws StartException {
    return dataDirectory == null
        ? file().dataDirectory().orElseGet(Settings::defaultDataDirectory)
        : dataDirectory;
  }
}
