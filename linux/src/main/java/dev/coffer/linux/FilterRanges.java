package dev.coffer.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Says what a filter of libseccomp's says in fewer instructions. That compares with the number of
 * every call of a policy, whereas neighbours mostly get the same answer: here ranges of numbers are
 * told apart. The kernel checks, compiles and tries a filter whenever it is loaded, so its length
 * is time of every start. What follows upon the load of an argument is taken over as it is, and a
 * filter that does anything else with numbers than compare them stays what it was.
 */
final class FilterRanges {
  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
  private static final int JUMP = 0x05; // BPF_JMP | BPF_JA
  private static final int IF_EQUAL = 0x15;
  private static final int IF_GREATER = 0x25;
  private static final int IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06; // BPF_RET | BPF_K

  /** Not the kernel's: a jump to where the arguments are looked at, which has no place yet. */
  private static final int TO_ARGUMENTS = -1;

  /** Of struct seccomp_data. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;
  private static final long HIGHEST = 0xffffffffL;
  private static final int FARTHEST = 255;

  private record Instruction(int code, int yes, int no, long k) {
    static Instruction of(int code, long k) {
      return new Instruction(code, 0, 0, k);
    }

    boolean compares() {
      return code == IF_EQUAL || code == IF_GREATER || code == IF_AT_LEAST;
    }

    boolean loads(int offset) {
      return code == LOAD && k == offset;
    }
  }

  /** What a call gets. */
  private sealed interface Answer {
    record Action(long value) implements Answer {}

    /** It depends on the arguments, which are looked at from an instruction on. */
    record Arguments(int at) implements Answer {}
  }

  /** An answer, from this number up to the next range. */
  private record Range(long first, Answer answer) {}

  /** Where the numbers of a range have come to. */
  private record Walk(int at, int loaded, long first, long last) {
    Walk to(int next) {
      return new Walk(next, loaded, first, last);
    }
  }

  private final List<Instruction> filter = new ArrayList<>();

  private FilterRanges(byte[] program) {
    ByteBuffer code = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    while (code.hasRemaining()) {
      int operation = code.getShort() & 0xffff;
      int yes = code.get() & 0xff;
      int no = code.get() & 0xff;
      filter.add(new Instruction(operation, yes, no, code.getInt() & HIGHEST));
    }
  }

  /** A program that answers every call as this one does and is not longer. */
  static byte[] shortened(byte[] program) {
    try {
      byte[] made = rewritten(program);
      return made.length < program.length ? made : program;
    } catch (UnsupportedOperationException _) {
      return program;
    }
  }

  /**
   * The same answers by ranges, which is longer where neighbours have little in common.
   *
   * @throws UnsupportedOperationException for a program that does more with numbers
   */
  static byte[] rewritten(byte[] program) {
    return new FilterRanges(program).rewritten();
  }

  private byte[] rewritten() {
    NavigableSet<Long> architectures = new TreeSet<>();
    List<Range> others = ranges(HIGHEST + 1, architectures); // equal to none
    List<Instruction> made = new ArrayList<>(List.of(Instruction.of(LOAD, ARCHITECTURE)));
    for (long architecture : architectures) {
      List<Instruction> section = section(ranges(architecture, new TreeSet<>()));
      made.add(new Instruction(IF_EQUAL, 1, 0, architecture));
      made.add(Instruction.of(JUMP, section.size()));
      made.addAll(section);
    }
    made.addAll(section(others));
    appendArguments(made);
    return encode(made);
  }

  /**
   * The answers of one architecture, which cover all numbers.
   *
   * @param compared gets the architectures that the filter knows
   */
  private List<Range> ranges(long architecture, NavigableSet<Long> compared) {
    var answers = new TreeMap<Long, Answer>();
    Deque<Walk> walks = new ArrayDeque<>(List.of(new Walk(0, -1, 0, HIGHEST)));
    while (!walks.isEmpty()) {
      Walk walk = walks.pop();
      Instruction now = filter.get(walk.at());
      int next = walk.at() + 1;
      if (now.code() == RETURN) {
        answers.put(walk.first(), new Answer.Action(now.k()));
      } else if (now.loads(NUMBER) || now.loads(ARCHITECTURE)) {
        walks.push(new Walk(next, (int) now.k(), walk.first(), walk.last()));
      } else if (now.code() == LOAD) {
        answers.put(walk.first(), new Answer.Arguments(walk.at()));
      } else if (now.code() == JUMP) {
        walks.push(walk.to(next + (int) now.k()));
      } else if (now.compares() && walk.loaded() == NUMBER) {
        branch(walk, now, walks);
      } else if (now.code() == IF_EQUAL && walk.loaded() == ARCHITECTURE) {
        compared.add(now.k());
        walks.push(walk.to(next + (now.k() == architecture ? now.yes() : now.no())));
      } else {
        throw new UnsupportedOperationException();
      }
    }
    return merged(answers);
  }

  /** Those for whom it is true go one way, those below and above the other. */
  private static void branch(Walk walk, Instruction compare, Deque<Walk> walks) {
    long from = compare.code() == IF_GREATER ? compare.k() + 1 : compare.k();
    long to = compare.code() == IF_EQUAL ? compare.k() : HIGHEST;
    int yes = walk.at() + 1 + compare.yes();
    int no = walk.at() + 1 + compare.no();
    part(walk, yes, from, to, walks);
    part(walk, no, 0, from - 1, walks);
    part(walk, no, to + 1, HIGHEST, walks);
  }

  private static void part(Walk walk, int next, long from, long to, Deque<Walk> walks) {
    long first = Math.max(walk.first(), from);
    long last = Math.min(walk.last(), to);
    if (first <= last) {
      walks.push(new Walk(next, walk.loaded(), first, last));
    }
  }

  private static List<Range> merged(TreeMap<Long, Answer> answers) {
    List<Range> ranges = new ArrayList<>();
    answers.forEach((first, answer) -> {
      if (ranges.isEmpty() || !ranges.getLast().answer().equals(answer)) {
        ranges.add(new Range(first, answer));
      }
    });
    return ranges;
  }

  private static List<Instruction> section(List<Range> ranges) {
    List<Instruction> section = new ArrayList<>();
    if (ranges.size() > 1) {
      section.add(Instruction.of(LOAD, NUMBER));
    }
    section.addAll(search(ranges));
    return section;
  }

  /** Conditional jumps do not reach far, so that many ranges become several trees. */
  private static List<Instruction> search(List<Range> ranges) {
    Tree tree = new Tree(ranges);
    if (tree.size() <= FARTHEST) {
      return tree.instructions();
    }
    List<Range> upper = ranges.subList(ranges.size() / 2, ranges.size());
    List<Instruction> low = search(ranges.subList(0, ranges.size() / 2));
    List<Instruction> made = new ArrayList<>();
    made.add(new Instruction(IF_AT_LEAST, 0, 1, upper.getFirst().first()));
    made.add(Instruction.of(JUMP, low.size()));
    made.addAll(low);
    made.addAll(search(upper));
    return made;
  }

  /** Finds the range of the loaded number by halves; the answers are behind the comparisons. */
  private record Tree(List<Range> ranges, List<Answer> answers, List<Instruction> comparisons) {
    Tree(List<Range> ranges) {
      this(ranges, ranges.stream().map(Range::answer).distinct().toList(), new ArrayList<>());
    }

    int size() {
      return ranges.size() - 1 + answers.size();
    }

    List<Instruction> instructions() {
      compare(0, ranges.size());
      List<Instruction> made = new ArrayList<>(comparisons);
      for (Answer answer : answers) {
        made.add(
            switch (answer) {
              case Answer.Action action -> Instruction.of(RETURN, action.value());
              case Answer.Arguments arguments -> Instruction.of(TO_ARGUMENTS, arguments.at());
            });
      }
      return made;
    }

    /** The place of what tells these ranges apart: a comparison, or the answer to the only one. */
    private int compare(int from, int to) {
      if (to - from == 1) {
        return ranges.size() - 1 + answers.indexOf(ranges.get(from).answer());
      }
      int middle = (from + to) >>> 1;
      int place = comparisons.size();
      comparisons.add(null);
      int low = compare(from, middle) - place - 1;
      int high = compare(middle, to) - place - 1;
      comparisons.set(place, new Instruction(IF_AT_LEAST, high, low, ranges.get(middle).first()));
      return place;
    }
  }

  private void appendArguments(List<Instruction> made) {
    Map<Long, Integer> places = new HashMap<>();
    for (int i = 0, trees = made.size(); i < trees; i++) {
      if (made.get(i).code() == TO_ARGUMENTS) {
        long old = made.get(i).k();
        if (!places.containsKey(old)) {
          places.put(old, made.size());
          made.addAll(copy(reachable((int) old)));
        }
        made.set(i, Instruction.of(JUMP, places.get(old) - i - 1));
      }
    }
  }

  /** What may be carried out from an instruction on, which looks at arguments only. */
  private NavigableSet<Integer> reachable(int from) {
    NavigableSet<Integer> reachable = new TreeSet<>(List.of(from));
    for (Integer at = from; at != null; at = reachable.higher(at)) { // all jumps are forward
      Instruction now = filter.get(at);
      boolean known = now.code() == LOAD || now.code() == AND || now.compares();
      if (now.loads(NUMBER) || now.loads(ARCHITECTURE)) {
        throw new UnsupportedOperationException();
      } else if (now.code() == JUMP) {
        reachable.add(at + 1 + (int) now.k());
      } else if (known) {
        reachable.add(at + 1 + now.yes());
        reachable.add(at + 1 + now.no());
      } else if (now.code() != RETURN) {
        throw new UnsupportedOperationException();
      }
    }
    return reachable;
  }

  /** Nothing lies farther away than before, so that all jumps still reach. */
  private List<Instruction> copy(NavigableSet<Integer> reachable) {
    List<Instruction> copy = new ArrayList<>();
    for (int at : reachable) {
      Instruction now = filter.get(at);
      int next = at + 1;
      if (now.code() == JUMP) {
        copy.add(Instruction.of(JUMP, between(reachable, next, next + (int) now.k())));
      } else if (now.compares()) {
        int yes = between(reachable, next, next + now.yes());
        int no = between(reachable, next, next + now.no());
        copy.add(new Instruction(now.code(), yes, no, now.k()));
      } else {
        copy.add(now);
      }
    }
    return copy;
  }

  private static int between(NavigableSet<Integer> reachable, int from, int to) {
    return reachable.subSet(from, to).size();
  }

  private static byte[] encode(List<Instruction> program) {
    ByteBuffer code =
        ByteBuffer.allocate(program.size() * SeccompFilter.INSTRUCTION)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (Instruction one : program) {
      code.putShort((short) one.code());
      code.put((byte) one.yes()).put((byte) one.no()).putInt((int) one.k());
    }
    return code.array();
  }
}
