package dev.hone.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hone restore}: puts a snapshot in the place of the samples of a Hone that is stopped. */
@Command(
    name = "restore",
    mixinStandardHelpOptions = true,
    description =
        "Put a snapshot in the place of the samples of a Hone that does not run. What was there is"
            + " kept aside.")
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SNAPSHOT",
      description = "A name `hone snapshot --list` tells, or the folder of a snapshot.")
  private String snapshot = "";

  @Mixin private StoreOptions server = new StoreOptions();

  @Override
  public Integer call() throws StartException, IOException {
    Path data = server.data();
    var lock = DataLock.take(data);
    if (lock.isEmpty()) {
      throw new StartException(
          "a Hone runs on the data directory `" + data + "`; stop it, then restore");
    }
    try {
      Path named = StoreRestore.snapshots(data).resolve(snapshot);
      Path source = Files.isDirectory(named) ? named : Path.of(snapshot);
      Path aside =
          new StoreRestore(data, Clock.systemUTC()).restore(source, server.file().metrics());
      var out = spec.commandLine().getOut();
      out.println("The samples of `" + snapshot + "` are in place.");
      if (!aside.equals(data.resolve(StoreRestore.METRICS))) {
        out.println("What was there lies in " + aside + "; delete it when you need it no more.");
      }
      out.flush();
      return 0;
    } finally {
      lock.get().close();
    }
  }
}
