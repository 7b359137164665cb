package dev.hone.server;

import java.util.Locale;

/** What somebody may do, least first; each may do what those before it may. */
enum Role {
  /** Reads. */
  READER,
  /** Announces deployments, as a pipeline does. */
  ANNOUNCER,
  /** Approves, rejects, rolls back, stops, resumes, freezes. */
  APPROVER,
  /** Changes the policy too. */
  ADMIN;

  /** As it is written on the command line. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
