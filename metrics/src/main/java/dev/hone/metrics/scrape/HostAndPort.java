package dev.hone.metrics.scrape;

/**
 * The address of a target.
 *
 * @param host without brackets
 * @param text as it is written, with the port
 */
record HostAndPort(String host, int port, String text) {
  /**
   * Reads {@code host}, {@code host:port} or {@code [::1]:port}; without a port the scheme's is
   * taken.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  static HostAndPort of(String address, String scheme) {
    if (address.isEmpty()) {
      throw new IllegalArgumentException("`" + Target.ADDRESS + "` is empty");
    }
    int colon = address.lastIndexOf(':');
    boolean bracketed = address.startsWith("[");
    boolean withPort = bracketed ? address.contains("]:") : colon >= 0;
    if (address.indexOf('/') >= 0
        || address.indexOf('@') >= 0
        || address.chars().anyMatch(c -> c <= ' ' || c == 0x7F)
        || (!bracketed && address.indexOf(':') != colon)
        || (bracketed && !address.matches("\\[[^\\[\\]]+\\](:[0-9]*)?"))) {
      throw wrong(address);
    }
    String host = withPort ? address.substring(0, colon) : address;
    String plain = bracketed ? host.substring(1, host.length() - 1) : host;
    if (!withPort) {
      int port = scheme.equals("https") ? 443 : 80;
      return new HostAndPort(plain, port, address + ":" + port);
    }
    try {
      int port = Integer.parseInt(address.substring(colon + 1));
      if (port >= 1 && port <= 65_535 && !plain.isEmpty()) {
        return new HostAndPort(plain, port, address);
      }
    } catch (NumberFormatException e) {
      // Told below like a port out of range.
    }
    throw wrong(address);
  }

  /** An address without the user and password that may stand in it. */
  static String shown(String address) {
    int at = address.lastIndexOf('@');
    return at < 0 ? address : "…" + address.substring(at);
  }

  private static IllegalArgumentException wrong(String address) {
    return new IllegalArgumentException(
        "`" + shown(address) + "` is no address; write host:port, without a scheme or path");
  }
}
