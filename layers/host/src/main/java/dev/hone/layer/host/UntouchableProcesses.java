package dev.hone.layer.host;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The processes that Hone never slows down: itself and its helpers, whatever started them or a
 * protected process (a service that it starts anew would inherit the lower class), and what keeps
 * the host running and reachable.
 */
final class UntouchableProcesses {
  private static final Set<String> BY_NAME =
      Set.of(
          "init",
          "systemd",
          "sshd",
          "sshd-session",
          "dbus-daemon",
          "dbus-broker",
          "udevd",
          "agetty",
          "login",
          "crond",
          "cron",
          "rsyslogd",
          "chronyd",
          "ntpd",
          "dhclient",
          "NetworkManager",
          "dockerd",
          "containerd",
          "containerd-shim",
          "conmon",
          "kubelet",
          "crio",
          "firewalld",
          "polkitd",
          "auditd",
          "iscsid",
          "multipathd",
          "qemu-ga");

  private final HostProcesses processes;
  private final Supplier<Set<Long>> helpers;
  private final long self;

  /**
   * The untouchable ones.
   *
   * @param helpers numbers of Hone's own helpers, such as its guard
   * @param self number of this process
   */
  UntouchableProcesses(HostProcesses processes, Supplier<Set<Long>> helpers, long self) {
    this.processes = processes;
    this.helpers = helpers;
    this.self = self;
  }

  /** All that are so by their number, given those that are protected now. */
  Set<Long> byNumber(List<ProtectedProcess> protectedProcesses) {
    var numbers = new HashSet<Long>(helpers.get());
    numbers.add(1L);
    numbers.addAll(processes.withAncestors(self));
    for (ProtectedProcess one : protectedProcesses) {
      numbers.addAll(processes.withAncestors(one.pid()));
    }
    return numbers;
  }

  boolean byName(String name) {
    return BY_NAME.contains(name) || name.startsWith("systemd-");
  }
}
