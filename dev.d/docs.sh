# ./dev docs: the documentation of the Java API, in build/docs/api. A warning of javadoc is an error, and so is a public
# declaration without a word; what the first sentence says needs no @param and no @return.

docs_modules=dev.coffer,dev.coffer.junit,dev.coffer.model,dev.coffer.config

run_docs() {
  find_jdk
  . dev.d/build.sh
  need_build_packages
  mkdir -p build
  say "writing the documentation of the API"
  write_docs build/docs/api || {
    last_lines build/docs.log
    die "the documentation has mistakes (build/docs.log)"
  }
  say "build/docs/api/index.html"
}

# write_docs DIR: to DIR; what is wrong is in build/docs.log.
write_docs() {
  local sources=() name module libraries
  for module in model config plan linux network storage runtime image api junit; do
    name=$(sed -n 's/^module \([a-z.]*\) {/\1/p' "$module/src/main/java/module-info.java")
    sources+=(--module-source-path "$name=$module/src/main/java")
  done
  # what the modules need of others: the last of them, junit, needs all
  maven -pl junit -am -Dmaven.test.skip=true -Dmdep.outputFile="$top/build/docs.path" -Dmdep.includeScope=compile \
    process-classes dependency:build-classpath >build/docs.log 2>&1 || return 1
  libraries=$(tr : '\n' <build/docs.path | grep '\.jar$' | paste -sd :)
  rm -rf "$1"
  mkdir -p "$1"
  "$JAVA_HOME/bin/javadoc" -quiet -Xdoclint:all,-missing -Werror -d "$1" -windowtitle Coffer -notimestamp \
    "${sources[@]}" --module-path "$libraries" --module "$docs_modules" >build/docs.log 2>&1 || return 1
  wordless_declarations "${sources[@]}" --module-path "$libraries"
}

# The compact constructor of a record has its record's words.
wordless_declarations() {
  local scratch found
  scratch=$(mktemp -d)
  "$JAVA_HOME/bin/javadoc" -quiet -Xdoclint:missing -Xmaxwarns 10000 -d "$scratch" "$@" --module dev.coffer,dev.coffer.junit \
    2>&1 | grep -A1 'warning: no comment' | grep -v '^--' | paste - - | grep -vE ' public [A-Z][A-Za-z]* \{$' >"$scratch/found"
  found=$(<"$scratch/found")
  rm -rf "$scratch"
  [[ ! $found ]] || {
    echo "$found" >>build/docs.log
    return 1
  }
}
