package dev.hone.layer.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.hone.loop.KnobException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The C library's calls for the scheduling of one thread: sched_getscheduler(2),
 * sched_setscheduler(2), getpriority(2), setpriority(2). On Linux all of them are about a single
 * thread, whatever POSIX says of processes.
 */
final class Scheduler {
  private static final int PRIO_PROCESS = 0;
  private static final int RESET_ON_FORK = 0x4000_0000;
  private static final int ESRCH = 3;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option KEEP_ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final MethodHandle GET_POLICY = call("sched_getscheduler", JAVA_INT);
  private static final MethodHandle SET_POLICY =
      call("sched_setscheduler", JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle GET_NICE = call("getpriority", JAVA_INT, JAVA_INT);
  private static final MethodHandle SET_NICE = call("setpriority", JAVA_INT, JAVA_INT, JAVA_INT);

  private Scheduler() {}

  /** The kernel said no. */
  static final class ErrnoException extends Exception {
    private final int errno;

    ErrnoException(String call, int errno) {
      super(call + " failed with error " + errno);
      this.errno = errno;
    }

    /** EPERM or EACCES. */
    boolean denied() {
      return errno == 1 || errno == 13;
    }
  }

  private static MethodHandle call(String name, java.lang.foreign.MemoryLayout... arguments) {
    MemorySegment symbol =
        LINKER
            .defaultLookup()
            .find(name)
            .orElseThrow(
                () -> new IllegalStateException("the C library has no function `" + name + "`"));
    return LINKER.downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, arguments), KEEP_ERRNO);
  }

  /** Links the calls, which takes tens of milliseconds the first time, so that an undo need not. */
  static void prepare() throws KnobException {
    final long thisThread = 0;
    try {
      SchedulingValue own = read(thisThread);
      if (own != null) {
        write(thisThread, own, own);
      }
    } catch (ErrnoException e) {
      throw new KnobException(
          KnobException.Reason.FAILED,
          "the scheduling of processes cannot be read here (" + e.getMessage() + "); see sched(7)",
          e);
    }
  }

  /** Class and nice value of a thread; null when the thread is gone. */
  static @Nullable SchedulingValue read(long tid) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int policy = (int) GET_POLICY.invokeExact(state, (int) tid);
      if (failed(policy, state)) {
        return gone("sched_getscheduler", errno(state));
      }
      clear(state);
      int nice = (int) GET_NICE.invokeExact(state, PRIO_PROCESS, (int) tid);
      if (nice == -1 && errno(state) != 0) {
        return gone("getpriority", errno(state));
      }
      return new SchedulingValue(SchedulingValue.Policy.of(policy & ~RESET_ON_FORK), nice, null);
    } catch (ErrnoException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Sets class and nice value of a thread; does nothing when the thread is gone. */
  static void write(long tid, SchedulingValue from, SchedulingValue to) throws ErrnoException {
    try (var arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      if (from.policy() != to.policy()) {
        int policy = (int) GET_POLICY.invokeExact(state, (int) tid);
        int wanted = to.policy().number() | (Math.max(policy, 0) & RESET_ON_FORK);
        MemorySegment noPriority = arena.allocate(JAVA_INT);
        int result = (int) SET_POLICY.invokeExact(state, (int) tid, wanted, noPriority);
        if (failed(result, state)) {
          gone("sched_setscheduler", errno(state));
        }
      }
      if (from.nice() != to.nice()) {
        int result = (int) SET_NICE.invokeExact(state, PRIO_PROCESS, (int) tid, to.nice());
        if (failed(result, state)) {
          gone("setpriority", errno(state));
        }
      }
    } catch (ErrnoException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean failed(int result, MemorySegment state) {
    return result < 0 && errno(state) != 0;
  }

  private static @Nullable SchedulingValue gone(String call, int errno) throws ErrnoException {
    if (errno == ESRCH) {
      return null;
    }
    throw new ErrnoException(call, errno);
  }

  private static int errno(MemorySegment state) {
    return state.get(JAVA_INT, STATE.byteOffset(StructLayout.PathElement.groupElement("errno")));
  }

  private static void clear(MemorySegment state) {
    state.set(JAVA_INT, STATE.byteOffset(StructLayout.PathElement.groupElement("errno")), 0);
  }
}
