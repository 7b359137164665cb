package dev.hone.layer.database;

import dev.hone.layer.database.advisor.Examples;
import dev.hone.layer.database.advisor.Watch;
import dev.hone.layer.database.twin.TwinServer;
import dev.hone.layer.database.twin.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the advisor in the background, one at a time, and keeps what came of it last. */
final class AdviceDesk {
  /** A run takes the planner twin's processor time; more often than this tells nothing new. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  private final DatabaseConnection target;
  private final TwinServer twins;
  private final InstantSource clock;
  private final Executor background;
  private final Supplier<Watch> watch;
  private final RecentLoad recent;
  private final Examples examples = new Examples();
  private final List<String> progress = new ArrayList<>();
  private @Nullable Instant startedAt;
  private @Nullable Instant endedAt;
  private Inspector.@Nullable Advised last;
  private Inspector.@Nullable Advised indexes;
  private String problem = "";

  /**
   * A desk.
   *
   * @param watch how long each run looks at what sessions execute
   */
  AdviceDesk(
      DatabaseConnection target,
      TwinServer twins,
      InstantSource clock,
      Executor background,
      Supplier<Watch> watch,
      RecentLoad recent) {
    this.target = target;
    this.twins = twins;
    this.clock = clock;
    this.background = background;
    this.watch = watch;
    this.recent = recent;
  }

  /** What sessions were seen to execute, which every run knows. */
  Examples examples() {
    return examples;
  }

  /** How it stands. */
  synchronized Inspector.AdviceState state() {
    boolean running = startedAt != null && endedAt == null;
    return new Inspector.AdviceState(
        running,
        startedAt,
        endedAt == null ? null : endedAt.plus(PAUSE),
        List.copyOf(progress),
        problem,
        Optional.ofNullable(last),
        Optional.ofNullable(indexes));
  }

  /**
   * Starts a run; when one is under way, that one goes on.
   *
   * @throws IllegalStateException when the last one ended a moment ago
   */
  synchronized void start() {
    Instant now = clock.instant();
    if (startedAt != null && endedAt == null) {
      return;
    }
    if (endedAt != null && now.isBefore(endedAt.plus(PAUSE))) {
      throw new IllegalStateException(
          "the last advice on database `"
              + target.name()
              + "` is "
              + Duration.between(endedAt, now).toSeconds()
              + " s old; ask again after "
              + PAUSE.toSeconds()
              + " s");
    }
    startedAt = now;
    endedAt = null;
    problem = "";
    progress.clear();
    background.execute(this::run);
  }

  /**
   * Starts a run unless one is under way or the last one ended less than {@code age} ago.
   *
   * @return whether it was started
   */
  synchronized boolean request(Duration age) {
    boolean running = startedAt != null && endedAt == null;
    if (running) {
      return false;
    }
    if (endedAt == null || !clock.instant().isBefore(endedAt.plus(age))) {
      start();
      return true;
    }
    return false;
  }

  private void run() {
    String trouble = "";
    Inspector.@Nullable Advised advised = null;
    try {
      Advisor.Answer answer =
          new Advisor(target, List.of(), twins, watch.get(), examples, this::progress)
              .advise(workload -> recent.weighed(workload, clock.instant()), this::early);
      advised = new Inspector.Advised(clock.instant(), answer);
    } catch (DatabaseConnection.Refused | Unavailable e) {
      trouble = String.valueOf(e.getMessage());
    } catch (RuntimeException e) {
      trouble = "the advisor failed: " + e;
    }
    synchronized (this) {
      endedAt = clock.instant();
      problem = trouble;
      if (advised != null) {
        last = advised;
        indexes = advised;
      }
    }
  }

  private synchronized void early(Advisor.Answer answer) {
    indexes = new Inspector.Advised(clock.instant(), answer);
  }

  private synchronized void progress(String line) {
    progress.add(line);
  }
}
