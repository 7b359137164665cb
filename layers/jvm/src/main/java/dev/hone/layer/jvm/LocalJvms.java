package dev.hone.layer.jvm;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JVMs of this host, by the attach API of the JDK. */
final class LocalJvms {
  private static final int MAX_NAME = 64;

  private LocalJvms() {}

  /** A JVM that publishes its performance counters ({@code -XX:+UsePerfData}, the default). */
  record Candidate(long pid, String name, boolean foreign) {}

  /** All JVMs this user can see; {@code foreign} marks those this user may not attach to. */
  static List<Candidate> list() {
    var found = new ArrayList<Candidate>();
    Object self = owner("self");
    for (var descriptor : VirtualMachine.list()) {
      long pid;
      try {
        pid = Long.parseLong(descriptor.id());
      } catch (NumberFormatException e) {
        continue; // another attach provider's notation: no process of this host
      }
      boolean foreign = !self.equals(0) && !self.equals(owner(descriptor.id()));
      found.add(new Candidate(pid, shortName(descriptor.displayName()), foreign));
    }
    return found;
  }

  private static Object owner(String process) {
    try {
      return Files.getAttribute(Path.of("/proc", process), "unix:uid");
    } catch (IOException e) {
      return "none";
    }
  }

  /**
   * The main class without its package, or the jar without its path. Arguments are left out: they
   * may hold secrets.
   */
  static String shortName(String command) {
    String first = command.strip().split("\\s+", 2)[0];
    String name = first.substring(first.lastIndexOf('/') + 1);
    if (!name.endsWith(".jar")) {
      name = name.substring(name.lastIndexOf('.') + 1);
    }
    name = name.isEmpty() ? "java" : name;
    return name.length() > MAX_NAME ? name.substring(0, MAX_NAME) : name;
  }

  /**
   * The address of a JVM's management agent, which is started when it does not run yet. Blocks as
   * long as the target is silent.
   */
  static String agentUrl(long pid) throws IOException {
    VirtualMachine machine;
    try {
      machine = VirtualMachine.attach(Long.toString(pid));
    } catch (AttachNotSupportedException e) {
      throw new IOException(e.getMessage(), e);
    }
    try {
      return machine.startLocalManagementAgent();
    } finally {
      machine.detach();
    }
  }

  /**
   * As {@link #agentUrl}, given up at the limit. On a platform thread of its own: attaching blocks
   * in native code, where it would hold a carrier of virtual threads.
   */
  static String agentUrl(long pid, Duration limit) throws IOException, InterruptedException {
    var task = new FutureTask<>(() -> agentUrl(pid));
    Thread.ofPlatform().daemon().name("jvm-attach-" + pid).start(task);
    try {
      return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + limit.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io
          ? io
          : new IOException("attaching failed: " + e.getCause(), e);
    }
  }
}
