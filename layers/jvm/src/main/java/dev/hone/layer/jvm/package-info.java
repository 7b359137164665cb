/**
 * The JVM layer: how Java processes and their HikariCP connection pools are measured, diagnosed and
 * changed.
 *
 * <p>A local JVM is observed by attaching to it once and starting its own management agent ({@code
 * VirtualMachine.startLocalManagementAgent}, JDK module {@code jdk.attach}). The target loads the
 * {@code jdk.management.agent} module and listens on a loopback port of its own until it ends; that
 * is the only thing done to it while observing. Everything is then read through platform MXBeans
 * and the MBeans that HikariCP registers ({@code registerMbeans=true}).
 */
@NullMarked
package dev.hone.layer.jvm;

import org.jspecify.annotations.NullMarked;
