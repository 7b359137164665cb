package dev.hone.metrics.remote;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A server that stores samples.
 *
 * @param name what it is called in sentences; its share of the series hangs on it
 * @param url where its API is, without {@code /api/v1}
 * @param flavour what it speaks
 * @param writeUrl where samples go, when it is not the flavour's place at {@code url}
 * @param access how Hone shows who it is
 */
public record Backend(
    String name, URI url, Flavour flavour, Optional<URI> writeUrl, Access access) {
  /**
   * Credentials; files are read again for each request, so that they can be replaced.
   *
   * @param username for basic authentication (RFC 7617)
   * @param passwordFile holds the password
   * @param tokenFile holds a bearer token (RFC 6750)
   * @param caFile certificates in PEM to trust instead of the system's
   * @param tenant sent as {@code X-Scope-OrgID}
   */
  public record Access(
      Optional<String> username,
      Optional<Path> passwordFile,
      Optional<Path> tokenFile,
      Optional<Path> caFile,
      Optional<String> tenant) {
    /** For a server that asks nobody who he is. */
    public static final Access OPEN =
        new Access(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  /** Where samples go. */
  URI writes() {
    if (writeUrl.isPresent()) {
      return writeUrl.get();
    }
    String base = url.toString();
    if (flavour == Flavour.MIMIR && base.endsWith("/prometheus")) {
      base = base.substring(0, base.length() - "/prometheus".length());
    }
    return URI.create(base + flavour.writePath());
  }
}
