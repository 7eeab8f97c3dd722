package dev.coffer.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;

/**
 * The functions of libseccomp, seccomp_init(3) and those it refers to. Loaded when it is first
 * needed; a machine without it can do all but load filters.
 */
@SuppressWarnings("restricted") // this module is the one place that may call native code
final class SeccompLibrary {
  private static final String NAME = "libseccomp.so.2";

  final MemorySegment init;
  final MemorySegment release;
  final MemorySegment attribute;
  final MemorySegment merge;
  final MemorySegment archAdd;
  final MemorySegment archRemove;
  final MemorySegment resolve;
  final MemorySegment nameOf;
  final MemorySegment ruleAdd;
  final MemorySegment exportFilter;
  final MemorySegment exportPseudoCode;
  final MemorySegment free = Native.function("free");

  private SeccompLibrary(SymbolLookup lookup) {
    init = function(lookup, "seccomp_init");
    release = function(lookup, "seccomp_release");
    attribute = function(lookup, "seccomp_attr_set");
    merge = function(lookup, "seccomp_merge");
    archAdd = function(lookup, "seccomp_arch_add");
    archRemove = function(lookup, "seccomp_arch_remove");
    resolve = function(lookup, "seccomp_syscall_resolve_name_arch");
    nameOf = function(lookup, "seccomp_syscall_resolve_num_arch");
    ruleAdd = function(lookup, "seccomp_rule_add_array");
    exportFilter = function(lookup, "seccomp_export_bpf");
    exportPseudoCode = function(lookup, "seccomp_export_pfc");
  }

  private static MemorySegment function(SymbolLookup lookup, String name) {
    return lookup
        .find(name)
        .orElseThrow(() -> new UnsupportedOperationException(NAME + " has no function " + name));
  }

  /** Found once; a library that is installed later is found by the next engine. */
  private static final class Found {
    static final Optional<SeccompLibrary> LIBRARY = load();

    private static Optional<SeccompLibrary> load() {
      try {
        return Optional.of(new SeccompLibrary(SymbolLookup.libraryLookup(NAME, Arena.global())));
      } catch (IllegalArgumentException e) {
        return Optional.empty(); // this is how the JDK says that there is no such file
      }
    }
  }

  /** Empty where it is not installed. */
  static Optional<SeccompLibrary> load() {
    return Found.LIBRARY;
  }
}
