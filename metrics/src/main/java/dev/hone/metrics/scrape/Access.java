package dev.hone.metrics.scrape;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a scrape makes itself known, and whom it believes.
 *
 * @param credentials what the Authorization header says
 * @param tls for https
 */
public record Access(Optional<Credentials> credentials, Tls tls) {
  /** No credentials, and the certificate authorities of the JDK. */
  public static final Access OPEN =
      new Access(
          Optional.empty(),
          new Tls(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false));

  /**
   * An Authorization header (RFC 9110 section 11.6.2).
   *
   * @param type the scheme: Basic, Bearer or another
   * @param user the name for Basic, else empty
   * @param secret the password or token
   * @param file where the password or token is read before each scrape, instead
   */
  public record Credentials(
      String type, String user, Optional<Secret> secret, Optional<Path> file) {}

  /**
   * How https is spoken. Files hold PEM.
   *
   * @param ca certificates of authorities that are believed instead of the JDK's
   * @param certificate what is shown to the target, with its chain
   * @param key the certificate's key
   * @param serverName the name the target must prove instead of its address'
   * @param unchecked whether any certificate is believed
   */
  public record Tls(
      Optional<Path> ca,
      Optional<Path> certificate,
      Optional<Path> key,
      Optional<String> serverName,
      boolean unchecked) {}
}
