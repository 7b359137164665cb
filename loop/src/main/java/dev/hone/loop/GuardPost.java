package dev.hone.loop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The guard's side of the pipe. Reads orders, one JSON object a line: {@code {"do":"arm", "loop",
 * "knob", "settings", "prior", "written"}}, {@code {"do":"disarm", "loop"}} and {@code
 * {"do":"beat"}}; answers {@code armed LOOP}, {@code refused LOOP why} and {@code undone LOOP
 * value}. When the pipe ends or no order came for the time-out, every undo it holds is carried out,
 * the newest first.
 */
public final class GuardPost {
  private final Map<String, KnobFactory> factories;
  private final PrintStream answers;
  private final Consumer<Undone> record;
  private final LongSupplier nanoTime;
  private final AtomicLong lastOrder = new AtomicLong();
  private final Object undoing = new Object();
  private final Map<String, Armed> armed = Collections.synchronizedMap(new LinkedHashMap<>());

  /** An undo that is held. */
  private record Armed(String loop, Knob knob, String prior, String written) {}

  /**
   * What became of an undo.
   *
   * @param loop whose
   * @param value what is in force now, or the error
   * @param restored whether the old value is in force, or nothing is left to restore
   */
  public record Undone(String loop, String value, boolean restored) {}

  /**
   * A guard that holds nothing.
   *
   * @param record called for every undo that was carried out, before it is answered
   * @param nanoTime a monotonic clock
   */
  public GuardPost(
      List<KnobFactory> factories,
      PrintStream answers,
      Consumer<Undone> record,
      LongSupplier nanoTime) {
    var byKind = new LinkedHashMap<String, KnobFactory>();
    factories.forEach(f -> byKind.put(f.kind(), f));
    this.factories = byKind;
    this.answers = answers;
    this.record = record;
    this.nanoTime = nanoTime;
    this.lastOrder.set(nanoTime.getAsLong());
  }

  /** Serves orders until the pipe ends, then undoes everything. */
  public void serve(BufferedReader orders) throws InterruptedException {
    try {
      String line;
      while ((line = orders.readLine()) != null) {
        lastOrder.set(nanoTime.getAsLong());
        obey(line);
      }
    } catch (IOException e) {
      answers.println("lost the pipe: " + e.getMessage());
    }
    undoAll();
  }

  /** Undoes everything when no order came for {@code timeoutNanos}; call it now and then. */
  public void checkHeartbeat(long timeoutNanos) throws InterruptedException {
    if (!armed.isEmpty() && nanoTime.getAsLong() - lastOrder.get() > timeoutNanos) {
      undoAll();
    }
  }

  private void obey(String line) throws InterruptedException {
    Map<String, @Nullable Object> order;
    try {
      order = Json.parseObject(line);
    } catch (IllegalArgumentException e) {
      answers.println("refused - " + e.getMessage());
      return;
    }
    String loop = String.valueOf(order.get("loop"));
    switch (String.valueOf(order.get("do"))) {
      case "arm" -> arm(loop, order);
      case "disarm" -> armed.remove(loop);
      case "beat" -> {}
      default -> answers.println("refused " + loop + " unknown order");
    }
  }

  @SuppressWarnings("unchecked")
  private void arm(String loop, Map<String, @Nullable Object> order) throws InterruptedException {
    try {
      var ref =
          RecordCodec.fromTree(KnobRef.class, (Map<String, @Nullable Object>) map(order, "knob"));
      KnobFactory factory = factories.get(ref.kind());
      if (factory == null) {
        answers.println("refused " + loop + " the guard has no knob of kind " + ref.kind());
        return;
      }
      Knob knob = factory.open(ref, (Map<String, String>) map(order, "settings"));
      knob.read();
      String prior = String.valueOf(order.get("prior"));
      String written = String.valueOf(order.get("written"));
      armed.put(loop, new Armed(loop, knob, prior, written));
      answers.println("armed " + loop);
    } catch (KnobException | IllegalArgumentException e) {
      answers.println("refused " + loop + " " + e.getMessage());
    } catch (RuntimeException e) {
      answers.println("refused " + loop + " " + e);
    }
  }

  private static Map<?, ?> map(Map<String, @Nullable Object> order, String key) {
    if (order.get(key) instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("the order has no `" + key + "`");
  }

  /** Carries out all that is held; the second of two callers waits for the first. */
  private void undoAll() throws InterruptedException {
    synchronized (undoing) {
      List<Armed> open;
      synchronized (armed) {
        open = new ArrayList<>(armed.values());
        armed.clear();
      }
      Collections.reverse(open);
      for (Armed undo : open) {
        Undone outcome = undo(undo);
        tell(outcome);
        answers.println(
            (outcome.restored() ? "undone " : "stuck ") + undo.loop + " " + outcome.value());
      }
    }
  }

  /** An undo that cannot be recorded must not keep the others from being carried out. */
  private void tell(Undone outcome) {
    try {
      record.accept(outcome);
    } catch (RuntimeException e) {
      answers.println("unrecorded " + outcome.loop + " " + e.getMessage());
    }
  }

  private static Undone undo(Armed undo) throws InterruptedException {
    try {
      undo.knob.undo(undo.prior, undo.written);
      String value = undo.knob.read();
      return new Undone(undo.loop, value, value.equals(undo.prior));
    } catch (KnobException e) {
      boolean nothingLeft =
          e.reason() == KnobException.Reason.GONE || e.reason() == KnobException.Reason.DRIFT;
      return new Undone(undo.loop, String.valueOf(e.getMessage()), nothingLeft);
    } catch (RuntimeException e) {
      return new Undone(undo.loop, String.valueOf(e), false);
    }
  }
}
