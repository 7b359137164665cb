package dev.hone.server;

import dev.hone.loop.Conductor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the API knows of one subject, as plain values ready for JSON. */
interface Routes {
  /** The answer to a GET, or null when it is none of this subject. */
  @Nullable Object get(Question question) throws IOException;

  /** Carries out a change and answers with what it led to, or null when it is none of these. */
  default @Nullable Object change(Request request)
      throws Conductor.RefusedException, InterruptedException, PolicyDocument.ProblemsException {
    return null;
  }
}
