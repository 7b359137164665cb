package dev.hone.layer.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.hone.layer.database.twin.PlanNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which plans the user's server made for the statements that take most of its time, and when. Kept
 * in a file, which is written at most once a minute; what a crash loses is seen again. Safe for
 * several threads.
 */
final class PlanHistory {
  static final int MOST_STATEMENTS = 200;
  static final int MOST_PLANS = 10;
  private static final Duration BETWEEN_WRITES = Duration.ofMinutes(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Map<String, List<Seen>> plans =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<Seen>> eldest) {
          return size() > MOST_STATEMENTS;
        }
      };
  private boolean changed;
  private Instant written = Instant.MIN;

  /**
   * A plan and when the server made it.
   *
   * @param shape as {@link PlanNode#shape} writes it
   * @param cost the planner's, when it was last seen
   * @param since when it was first seen
   * @param until when it was last seen
   */
  record Seen(String shape, double cost, Instant since, Instant until) {}

  /** How it stands in the file: times in ms since the epoch. */
  private record Line(String shape, double cost, long since, long until) {
    static Line of(Seen seen) {
      return new Line(
          seen.shape(), seen.cost(), seen.since().toEpochMilli(), seen.until().toEpochMilli());
    }

    Seen seen() {
      return new Seen(shape, cost, Instant.ofEpochMilli(since), Instant.ofEpochMilli(until));
    }
  }

  /**
   * The history that a file holds; none when there is no such file or it cannot be read.
   *
   * @param file made when there is something to keep; its directory must exist by then
   */
  PlanHistory(Path file) {
    this.file = file;
    if (Files.exists(file)) {
      try {
        Map<String, List<Line>> read =
            JSON.readValue(Files.readString(file), new TypeReference<>() {});
        read.forEach(
            (queryid, lines) ->
                plans.put(queryid, new ArrayList<>(lines.stream().map(Line::seen).toList())));
      } catch (IOException e) {
        // Nothing rests on it but what the pages show; it begins anew.
      }
    }
  }

  /** Notes the plan that a statement has now. */
  synchronized void record(String queryid, PlanNode plan, Instant now) {
    List<Seen> known = plans.computeIfAbsent(queryid, id -> new ArrayList<>());
    String shape = plan.shape();
    Instant since = now;
    if (!known.isEmpty() && known.getLast().shape().equals(shape)) {
      since = known.removeLast().since();
    } else {
      changed = true;
    }
    known.add(new Seen(shape, plan.cost(), since, now));
    if (known.size() > MOST_PLANS) {
      known.removeFirst();
    }
    if (changed && !written.plus(BETWEEN_WRITES).isAfter(now)) {
      write();
      written = now;
    }
  }

  /** The plans of a statement, the newest first. */
  synchronized List<Seen> of(String queryid) {
    return List.copyOf(plans.getOrDefault(queryid, List.of()).reversed());
  }

  /** Statements whose plan became another one at or after a moment. */
  synchronized List<String> changedSince(Instant moment) {
    return plans.entrySet().stream()
        .filter(entry -> entry.getValue().size() > 1)
        .filter(entry -> !entry.getValue().getLast().since().isBefore(moment))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Writes what is not in the file yet. */
  synchronized void close() {
    if (!plans.isEmpty()) {
      write();
    }
  }

  private void write() {
    var lines = new LinkedHashMap<String, List<Line>>();
    plans.forEach((queryid, seen) -> lines.put(queryid, seen.stream().map(Line::of).toList()));
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(next, JSON.writeValueAsString(lines));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
      changed = false;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plans are no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      // A full disk is told by whoever needs it; the next minute tries again.
    }
  }
}
