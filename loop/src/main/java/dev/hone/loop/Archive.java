package dev.hone.loop;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/**
 * Loops that ended long ago: their records as JSON lines in {@code journal.log.archive}, and beside
 * it {@code journal.log.index} with what memory keeps of each. Both follow from the journal and can
 * be made again from it; a checkpoint says how much of them counts. Safe for several threads.
 *
 * <p>An index entry: length and CRC-32C as four bytes each, then the fields of the summary, the
 * place of the record and its length.
 */
final class Archive implements AutoCloseable {
  private static final int MAX_INDEX_ENTRY = 1 << 16;

  private final RandomAccessFile records;
  private final RandomAccessFile index;
  private final ByteArrayOutputStream newRecords = new ByteArrayOutputStream();
  private final ByteArrayOutputStream newIndex = new ByteArrayOutputStream();
  private long recordsEnd;
  private long indexEnd;

  /** How much of the two files counts. */
  record Extent(long records, long index) {
    static final Extent NONE = new Extent(0, 0);
  }

  /**
   * Where a record lies.
   *
   * @param summary what is known without reading it
   * @param position in the file of records
   * @param length in bytes
   */
  record Place(LoopSummary summary, long position, int length) {}

  /** The files cannot be trusted; they are to be made again from the journal. */
  static final class DamagedException extends IOException {
    private static final long serialVersionUID = 1;

    DamagedException(String message) {
      super(message);
    }
  }

  private Archive(RandomAccessFile records, RandomAccessFile index, Extent extent) {
    this.records = records;
    this.index = index;
    this.recordsEnd = extent.records;
    this.indexEnd = extent.index;
  }

  /**
   * Opens the archive and hands what it holds to {@code each}; a later place of a loop replaces an
   * earlier one.
   *
   * @param writable whether it may be added to; what lies beyond the extent is cut off then
   */
  static Archive open(Path journal, Extent extent, boolean writable, Consumer<Place> each)
      throws IOException {
    RandomAccessFile records = file(journal, ".archive", writable);
    RandomAccessFile index = null;
    try {
      index = file(journal, ".index", writable);
      if (records.length() < extent.records || index.length() < extent.index) {
        throw new DamagedException("the archive of `" + journal + "` is shorter than it was");
      }
      if (writable) {
        records.setLength(extent.records);
        index.setLength(extent.index);
      }
      load(index, extent.index, each);
      return new Archive(records, index, extent);
    } catch (IOException | RuntimeException e) {
      records.close();
      if (index != null) {
        index.close();
      }
      throw e;
    }
  }

  private static RandomAccessFile file(Path journal, String suffix, boolean writable)
      throws IOException {
    return new RandomAccessFile(journal + suffix, writable ? "rw" : "r");
  }

  private static void load(RandomAccessFile index, long end, Consumer<Place> each)
      throws IOException {
    index.seek(0);
    var names = new HashMap<String, String>();
    @SuppressWarnings("resource")
    var data =
        new DataInputStream(
            new BufferedInputStream(Channels.newInputStream(index.getChannel()), 1 << 18));
    long position = 0;
    var crc = new CRC32C();
    while (position < end) {
      try {
        int length = data.readInt();
        int check = data.readInt();
        if (length < 1 || length > MAX_INDEX_ENTRY) {
          throw new DamagedException("an index entry has " + length + " bytes");
        }
        byte[] body = data.readNBytes(length);
        crc.reset();
        crc.update(body);
        if ((int) crc.getValue() != check) {
          throw new DamagedException("an index entry's check does not fit");
        }
        each.accept(decode(body, names));
        position += 8 + length;
      } catch (EOFException | IllegalArgumentException e) {
        throw new DamagedException("the index ends early: " + e.getMessage());
      }
    }
    if (position != end) {
      throw new DamagedException("no index entry ends at byte " + end);
    }
  }

  /** Takes a loop; it counts once {@link #sync} and the checkpoint have returned. */
  synchronized Place add(LoopRecord loop) throws IOException {
    byte[] line = (RecordCodec.write(loop) + "\n").getBytes(StandardCharsets.UTF_8);
    var place = new Place(LoopSummary.of(loop), recordsEnd + newRecords.size(), line.length);
    newRecords.write(line);
    byte[] body = encode(place);
    var crc = new CRC32C();
    crc.update(body);
    var entry = new DataOutputStream(newIndex);
    entry.writeInt(body.length);
    entry.writeInt((int) crc.getValue());
    entry.write(body);
    return place;
  }

  /** Puts what was added on the disk. */
  synchronized Extent sync() throws IOException {
    recordsEnd = write(records, recordsEnd, newRecords);
    indexEnd = write(index, indexEnd, newIndex);
    return new Extent(recordsEnd, indexEnd);
  }

  /** A write that fails is repeated from the same place by the next one. */
  private static long write(RandomAccessFile file, long end, ByteArrayOutputStream added)
      throws IOException {
    if (added.size() == 0) {
      return end;
    }
    file.seek(end);
    file.write(added.toByteArray());
    file.getFD().sync();
    long reached = end + added.size();
    added.reset();
    return reached;
  }

  /** The record at a place. */
  synchronized LoopRecord read(Place place) throws IOException {
    var line = new byte[place.length];
    if (place.position >= recordsEnd) {
      byte[] fresh = newRecords.toByteArray();
      System.arraycopy(fresh, (int) (place.position - recordsEnd), line, 0, line.length);
    } else {
      records.seek(place.position);
      records.readFully(line);
    }
    return RecordCodec.read(LoopRecord.class, new String(line, StandardCharsets.UTF_8).strip());
  }

  private static byte[] encode(Place place) throws IOException {
    var bytes = new ByteArrayOutputStream(256);
    var out = new DataOutputStream(bytes);
    LoopSummary s = place.summary;
    out.writeUTF(s.id());
    out.writeUTF(s.state().name());
    out.writeLong(s.updatedAt().toEpochMilli());
    out.writeLong(s.keptAt().toEpochMilli());
    for (String text :
        new String[] {
          s.layer(), s.technique(), s.context(), s.findingKey(), s.target(), s.knob()
        }) {
      out.writeUTF(text.length() > 4_000 ? text.substring(0, 4_000) : text);
    }
    out.writeBoolean(s.byPolicy());
    out.writeDouble(s.effect());
    out.writeDouble(s.low());
    out.writeDouble(s.high());
    out.writeDouble(s.wealthBetter());
    out.writeUTF(s.verdict().name());
    out.writeBoolean(s.tried());
    out.writeLong(place.position);
    out.writeInt(place.length);
    return bytes.toByteArray();
  }

  private static Place decode(byte[] body, Map<String, String> names) throws IOException {
    var in = new DataInputStream(new ByteArrayInputStream(body));
    var summary =
        new LoopSummary(
            in.readUTF(),
            LoopState.valueOf(in.readUTF()),
            Instant.ofEpochMilli(in.readLong()),
            Instant.ofEpochMilli(in.readLong()),
            shared(in.readUTF(), names),
            shared(in.readUTF(), names),
            shared(in.readUTF(), names),
            shared(in.readUTF(), names),
            shared(in.readUTF(), names),
            shared(in.readUTF(), names),
            in.readBoolean(),
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            in.readDouble(),
            Verdict.Decision.valueOf(in.readUTF()),
            in.readBoolean());
    return new Place(summary, in.readLong(), in.readInt());
  }

  /** The same text once, however many loops have it. */
  private static String shared(String text, Map<String, String> names) {
    String known = names.putIfAbsent(text, text);
    return known == null ? text : known;
  }

  @Override
  public void close() throws IOException {
    records.close();
    index.close();
  }
}
