package dev.hone.server;

import dev.hone.loop.Audit;
import dev.hone.loop.RecordCodec;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Who did what, and whether the trail is whole. */
final class AuditRoutes implements Routes {
  private static final int USUAL = 100;
  private static final int MOST = 1_000;

  private final Hone hone;

  /** One reader at a time: each reads the journal from the disk. */
  private final ReentrantLock reading = new ReentrantLock();

  AuditRoutes(Hone hone) {
    this.hone = hone;
  }

  @Override
  public @Nullable Object get(Question question) throws IOException {
    boolean verify = question.path().equals("/api/v1/audit/verify");
    if (!verify && !question.path().equals("/api/v1/audit")) {
      return null;
    }
    reading.lock();
    try {
      return verify ? verified(question) : lines(question);
    } finally {
      reading.unlock();
    }
  }

  private Map<String, @Nullable Object> lines(Question question) throws IOException {
    var filter =
        new Audit.Filter(
            question.text("loop"),
            question.text("by"),
            question.text("kind"),
            question.text("q"),
            question.instant("from", Instant.MIN),
            question.instant("to", Instant.MAX));
    long before = question.whole("before", Long.MAX_VALUE, Long.MAX_VALUE);
    int limit = question.limit(USUAL, MOST);
    question.end();
    List<Audit.Line> all = hone.audit().find(filter, before, limit + 1);
    List<Audit.Line> found = all.subList(0, Math.min(limit, all.size()));
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("lines", found.stream().map(RecordCodec::toTree).toList());
    answer.put("next", all.size() > limit ? found.getLast().sequence() : null);
    return answer;
  }

  private Map<String, @Nullable Object> verified(Question question) throws IOException {
    question.end();
    Audit.Check check = hone.audit().check();
    var answer = new LinkedHashMap<String, @Nullable Object>();
    answer.put("whole", check.problem().isEmpty());
    answer.put("entries", check.entries());
    answer.put("hash", check.hash());
    answer.put("problem", check.problem().orElse(null));
    return answer;
  }
}
