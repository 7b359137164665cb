package dev.hone.server;

/**
 * Who asks for a change, as the token proves it; what a request says of itself counts for nothing.
 *
 * @param name what the audit trail shows
 * @param role what they may do
 */
record Actor(String name, Role role) {
  /** Whoever holds the token of the data directory. */
  static final Actor OWNER = new Actor("owner", Role.ADMIN);

  /** Whether the role suffices. */
  boolean may(Role needed) {
    return role.compareTo(needed) >= 0;
  }

  /** Why it does not. */
  String refusal(Role needed) {
    return "token `"
        + name
        + "` has the role "
        + role.word()
        + "; this needs "
        + needed.word()
        + ", which `hone token add NAME --role "
        + needed.word()
        + "` gives";
  }
}
