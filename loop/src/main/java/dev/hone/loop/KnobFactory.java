package dev.hone.loop;

import java.util.Map;

/**
 * Opens the knobs of one kind, in Hone itself, at a restart, and in the guard process.
 *
 * <p>The guard is another JVM that knows nothing of Hone's configuration; what it needs beyond the
 * address travels as settings through its pipe and is never written down.
 */
public interface KnobFactory {
  /** The kind of {@link KnobRef} it opens. */
  String kind();

  /**
   * What {@link #open} needs beyond the address, such as connection settings; may hold secrets.
   *
   * @throws KnobException when this Hone is not configured for the knob's target
   */
  Map<String, String> settings(KnobRef ref) throws KnobException;

  /**
   * Opens a knob; connects to its target where it needs to, so that a later undo is quick.
   *
   * @param settings what {@link #settings} gave, perhaps in another process
   */
  Knob open(KnobRef ref, Map<String, String> settings) throws KnobException;
}
