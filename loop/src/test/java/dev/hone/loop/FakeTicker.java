package dev.hone.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * Virtual time. The test's thread moves it by waiting, and on the way carries out what was planned
 * for moments that have come. Threads of {@link #threads} wait for it; it moves on only when all of
 * them do, so that a test with many threads takes no real time and has no race with the clock.
 */
final class FakeTicker implements Ticker {
  private final TreeMap<Instant, List<Runnable>> planned = new TreeMap<>();
  private final Set<Thread> members = new HashSet<>();
  private final Map<Thread, Instant> waiting = new HashMap<>();
  private boolean killed;
  private volatile Instant now = Examples.START;

  @Override
  public Instant instant() {
    return now;
  }

  /** Plans something for a moment counted from now. */
  synchronized void in(Duration after, Runnable what) {
    planned.computeIfAbsent(now.plus(after), t -> new ArrayList<>()).add(what);
  }

  /** Runs each task in a thread that lives in this time. */
  Executor threads() {
    return task -> {
      Thread thread =
          Thread.ofPlatform()
              .daemon()
              .unstarted(
                  () -> {
                    try {
                      task.run();
                    } catch (World.Death death) {
                      // The thread's process is dead.
                    } finally {
                      leave();
                    }
                  });
      synchronized (this) {
        members.add(thread);
      }
      thread.start();
    };
  }

  /** Wakes every member with the death of its process, and waits until all are gone. */
  synchronized void killThreads() {
    killed = true;
    notifyAll();
    while (!members.isEmpty()) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError("the test was interrupted", e);
      }
    }
    killed = false;
  }

  private synchronized void leave() {
    members.remove(Thread.currentThread());
    notifyAll();
  }

  /** Waits without being interrupted. */
  void pass(Duration duration) {
    Instant end = now.plus(duration);
    boolean more = true;
    while (more) {
      more = advance(end);
    }
  }

  @Override
  public void waitUntil(Instant time) throws InterruptedException {
    boolean member;
    synchronized (this) {
      member = members.contains(Thread.currentThread());
    }
    if (member) {
      sleep(time);
      return;
    }
    do {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    } while (advance(time));
  }

  private synchronized void sleep(Instant time) throws InterruptedException {
    waiting.put(Thread.currentThread(), time);
    notifyAll();
    try {
      while (now.isBefore(time) && !killed) {
        wait();
      }
      if (killed) {
        throw new World.Death();
      }
    } finally {
      waiting.remove(Thread.currentThread());
    }
  }

  /** Moves to the next moment at which something happens, or to the end; whether it did. */
  private boolean advance(Instant end) {
    List<Runnable> due = List.of();
    synchronized (this) {
      awaitQuiet();
      Instant next = end;
      for (Instant time : waiting.values()) {
        next = time.isBefore(next) ? time : next;
      }
      if (!planned.isEmpty() && !planned.firstKey().isAfter(next)) {
        next = planned.firstKey();
        due = planned.remove(next);
      }
      boolean done = due.isEmpty() && !next.isBefore(end);
      now = next.isAfter(now) ? next : now;
      notifyAll();
      if (done) {
        awaitQuiet();
        return false;
      }
    }
    due.forEach(Runnable::run);
    return true;
  }

  /** Until every member waits for a time that has not come. */
  private void awaitQuiet() {
    while (!members.stream().allMatch(this::isQuiet)) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new AssertionError("the test was interrupted", e);
      }
    }
  }

  private boolean isQuiet(Thread member) {
    Instant time = waiting.get(member);
    return time != null && time.isAfter(now) && !member.isInterrupted();
  }
}
