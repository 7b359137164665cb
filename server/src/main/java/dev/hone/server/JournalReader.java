package dev.hone.server;

import dev.hone.loop.Conductor;
import dev.hone.loop.Guard;
import dev.hone.loop.Ids;
import dev.hone.loop.Journal;
import dev.hone.loop.KnobRef;
import dev.hone.loop.Knobs;
import dev.hone.loop.LoopRecord;
import dev.hone.loop.Loops;
import dev.hone.loop.Policy;
import dev.hone.loop.Registry;
import dev.hone.loop.Signals;
import dev.hone.loop.Ticker;
import dev.hone.loop.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * What the journal of a data directory tells, whether Hone runs or not. Nothing is changed.
 *
 * @param loops the loops
 * @param policy the policy that was in force last
 * @param conductor ranks and judges by them; it starts nothing
 */
record JournalReader(Loops loops, Policy policy, Conductor conductor) {
  /** Arms nothing: what is only read is not on trial. */
  private static final Guard NONE =
      new Guard() {
        @Override
        public void arm(
            String loop, KnobRef knob, Map<String, String> settings, String prior, String written)
            throws GuardException {
          throw new GuardException("the journal is only read");
        }

        @Override
        public void disarm(String loop) {}
      };

  /**
   * Reads it.
   *
   * @throws StartException when there is none, or it is damaged
   */
  static JournalReader open(Path data) throws StartException {
    Path file = file(data);
    try {
      Loops loops = Loops.read(file);
      Registry.Saved saved = loops.registry().policy();
      Policy policy = saved == null ? Policy.observing() : saved.policy();
      var random = new SplittableRandom(0);
      var conductor =
          new Conductor(
              loops,
              new Knobs(List.of()),
              NONE,
              (signal, from, to) -> Signals.Reading.NONE,
              Workload.NONE,
              Ticker.system(),
              new Ids(Ticker.system(), random),
              random,
              task -> {},
              policy,
              problem -> {});
      return new JournalReader(loops, policy, conductor);
    } catch (IOException | Journal.JournalException e) {
      throw new StartException("journal `" + file + "` cannot be read: " + e.getMessage(), e);
    }
  }

  /** The journal of a data directory, which must be there. */
  static Path file(Path data) throws StartException {
    Path file = DataDirectory.journal(data);
    try {
      if (Journal.exists(file)) {
        return file;
      }
    } catch (IOException e) {
      throw new StartException("journal `" + file + "` cannot be read: " + e.getMessage(), e);
    }
    throw new StartException(
        "there is no journal at `" + file + "`; name the data directory with --data-dir");
  }

  /** A loop that must exist. */
  LoopRecord loop(String id) throws StartException {
    return loops
        .find(id)
        .orElseThrow(
            () ->
                new StartException("there is no loop `" + id + "`; `hone loops list` names them"));
  }

  /** What is pending, in order. */
  Roadmap roadmap() {
    return new Roadmap(loops, conductor);
  }
}
