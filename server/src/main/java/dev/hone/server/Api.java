package dev.hone.server;

import dev.hone.loop.Conductor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The API: one class of routes for each subject, and which role a change needs. */
final class Api {
  private final Status status;
  private final List<Routes> routes;

  Api(Hone hone) {
    this.status = new Status(hone);
    this.routes =
        List.of(
            new LoopRoutes(hone),
            new PolicyRoutes(hone),
            new FreezeRoutes(hone, status),
            new LearningRoutes(hone),
            new AuditRoutes(hone),
            new DatabaseRoutes(hone));
  }

  Map<String, @Nullable Object> status() {
    return status.now();
  }

  /** The answer to a GET, or null when there is none of this path. */
  @Nullable Object get(Question question) throws IOException {
    if (question.path().equals("/api/v1/status")) {
      return status();
    }
    for (Routes subject : routes) {
      Object answer = subject.get(question);
      if (answer != null) {
        return answer;
      }
    }
    return null;
  }

  /** Carries out a change and answers with what it led to. */
  Object change(Request request)
      throws Conductor.RefusedException, InterruptedException, PolicyDocument.ProblemsException {
    for (Routes subject : routes) {
      Object answer = subject.change(request);
      if (answer != null) {
        return answer;
      }
    }
    throw new IllegalArgumentException("there is no change at `" + request.path() + "`");
  }

  /** Whether a POST changes nothing, so that it needs no token. */
  static boolean isOpen(String path) {
    return path.equals(PolicyRoutes.PREVIEW) || DatabaseRoutes.isOpen(path);
  }

  /** What somebody must be allowed for a change. */
  static Role needs(String path) {
    return switch (path) {
      case PolicyRoutes.POLICY -> Role.ADMIN;
      case FreezeRoutes.EVENTS -> Role.ANNOUNCER;
      default -> Role.APPROVER;
    };
  }
}
