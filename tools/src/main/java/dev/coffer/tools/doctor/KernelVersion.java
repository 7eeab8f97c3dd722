package dev.coffer.tools.doctor;

/** The first two numbers of a kernel's release; orders releases. */
record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
  static KernelVersion parse(String release) {
    int[] numbers = new int[2];
    int index = 0;
    for (int i = 0; i < release.length() && index < numbers.length; i++) {
      char c = release.charAt(i);
      if (c >= '0' && c <= '9') {
        numbers[index] = numbers[index] * 10 + (c - '0');
      } else if (c == '.') {
        index++;
      } else {
        break;
      }
    }
    return new KernelVersion(numbers[0], numbers[1]);
  }

  boolean isAtLeast(int otherMajor, int otherMinor) {
    return compareTo(new KernelVersion(otherMajor, otherMinor)) >= 0;
  }

  @Override
  public int compareTo(KernelVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }
}
