# ./dev package: a Debian package and an archive for other systems, in build/package. Both have a run-time image of
# their own, so nothing of Java has to be installed. Two builds of the same sources give the same bytes.

run_package() {
  (($# == 0)) || die "package: takes no arguments"
  . dev.d/build.sh
  run_build
  need dpkg-deb:dpkg xz:xz-utils gzip:gzip
  local version arch out=build/package
  version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml | head -n 1)
  arch=$(dpkg --print-architecture)
  SOURCE_DATE_EPOCH=$(date -u -d "$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)<.*|\1|p' pom.xml)" +%s)
  export SOURCE_DATE_EPOCH
  rm -rf "$out"
  mkdir -p "$out"
  package_archive "$out" "coffer-$version-$arch"
  package_deb "$out" "$version" "$arch"
  rm -rf "$out/tree" "$out/deb" "$out/texts"
  (cd "$out" && sha256sum -- *.deb *.tar.xz >SHA256SUMS)
  say "$(cd "$out" && du -h -- *.deb *.tar.xz | awk '{ print "build/package/" $2 " (" $1 ")" }' | paste -sd ' ')"
}

# package_archive OUT NAME: the tree that goes anywhere, and NAME.tar.xz of it.
package_archive() {
  local out=$1 name=$2 tree=$1/tree/$2 lib=$1/tree/$2/lib/coffer tool
  say "making the run-time image"
  mkdir -p "$tree/bin" "$lib" "$tree/libexec/lxc" "$tree/share/doc/coffer"
  run_time_image "$lib/jre"
  cp build/native/coffer "$tree/bin/coffer"
  for tool in $tools; do ln -s coffer "$tree/bin/lxc-$tool"; done
  ln -s ../../bin/coffer "$tree/libexec/lxc/lxc-net"
  cp build/native/build-id tools/target/coffer-tools-*.jar tools/target/lib/*.jar dev.d/make-cache dev.d/train "$lib/"
  write_engine_argv @ROOT@/lib/coffer/jre/bin/java >"$lib/engine.argv"
  generated_texts "$out/texts"
  mkdir -p "$tree/share/man" "$tree/share/bash-completion/completions" "$tree/share/zsh/site-functions" \
    "$tree/share/fish/vendor_completions.d"
  cp -r "$out/texts/man1" "$tree/share/man/"
  cp "$out/texts/bash-completion/coffer" "$tree/share/bash-completion/completions/"
  cp "$out/texts/zsh/_coffer" "$tree/share/zsh/site-functions/"
  cp "$out"/texts/fish/*.fish "$tree/share/fish/vendor_completions.d/"
  cp LICENSE README.md CHANGELOG.md "$tree/share/doc/coffer/"
  cp -r docs "$tree/share/doc/coffer/"
  settle_times "$tree"
  tar -C "$out/tree" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu \
    -c "$name" | xz -T2 -6 >"$out/$name.tar.xz"
}

# What the engine needs of Java, and no more.
run_time_image() {
  local modules
  modules=$("$JAVA_HOME/bin/jdeps" --module-path tools/target/lib --ignore-missing-deps --multi-release 25 \
    --print-module-deps tools/target/coffer-tools-*.jar tools/target/lib/*.jar)
  "$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --vm server --output "$1" >build/jlink.log 2>&1 || {
    last_lines build/jlink.log
    die "the run-time image cannot be made (build/jlink.log)"
  }
}

generated_texts() {
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 --module-path "tools/target/lib:$(echo tools/target/coffer-tools-*.jar)" \
    -m dev.coffer.tools/dev.coffer.tools.GeneratedTexts "$1" >/dev/null
}

settle_times() {
  chmod -R u+rwX,go+rX,go-w "$1"
  find "$1" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

# package_deb OUT VERSION ARCH: the same parts at Debian's places. The names that Debian's package lxc has files of are
# below /usr/lib/coffer, and alternatives bring them to /usr/bin where nobody else has them (packaging/debian/postinst).
package_deb() {
  local out=$1 version=$2 arch=$3 deb=$1/deb tree lib=$1/deb/usr/lib/coffer tool
  say "making the Debian package"
  tree=$(echo "$out"/tree/coffer-*)
  mkdir -p "$deb/DEBIAN" "$deb/usr/bin" "$lib/bin" "$lib/man/man1" "$deb/usr/share/man/man1" \
    "$deb/usr/share/bash-completion/completions" "$deb/usr/share/zsh/vendor-completions" \
    "$deb/usr/share/fish/vendor_completions.d" "$deb/lib/systemd/system" "$deb/usr/share/doc/coffer"
  cp "$tree/bin/coffer" "$deb/usr/bin/"
  cp -r "$tree/lib/coffer/." "$lib/"
  for tool in $tools; do ln -s ../../../bin/coffer "$lib/bin/lxc-$tool"; done
  ln -s ../../bin/coffer "$lib/lxc-net"
  cp "$tree"/share/man/man1/*.1 "$lib/man/man1/"
  mv "$lib/man/man1/coffer.1" "$deb/usr/share/man/man1/"
  gzip -9n "$lib"/man/man1/*.1 "$deb/usr/share/man/man1/coffer.1"
  cp "$tree/share/bash-completion/completions/coffer" "$deb/usr/share/bash-completion/completions/"
  cp "$tree/share/zsh/site-functions/_coffer" "$deb/usr/share/zsh/vendor-completions/"
  cp "$tree"/share/fish/vendor_completions.d/*.fish "$deb/usr/share/fish/vendor_completions.d/"
  cp packaging/systemd/*.service "$deb/lib/systemd/system/"
  cp README.md "$deb/usr/share/doc/coffer/"
  cp -r docs "$deb/usr/share/doc/coffer/"
  cp packaging/debian/copyright "$deb/usr/share/doc/coffer/"
  gzip -9n <CHANGELOG.md >"$deb/usr/share/doc/coffer/changelog.gz"
  sed -e "s|@VERSION@|$version|" -e "s|@DATE@|$(date -u -R -d "@$SOURCE_DATE_EPOCH")|" packaging/debian/changelog |
    gzip -9n >"$deb/usr/share/doc/coffer/changelog.Debian.gz"
  local script
  for script in postinst prerm postrm; do
    sed "s|@TOOLS@|$tools|" "packaging/debian/$script" >"$deb/DEBIAN/$script"
    chmod 755 "$deb/DEBIAN/$script"
  done
  cp packaging/debian/triggers "$deb/DEBIAN/"
  sed -e "s|@VERSION@|$version|" -e "s|@ARCH@|$arch|" -e "s|@SIZE@|$(du -sk "$deb/usr" | cut -f1)|" \
    packaging/debian/control >"$deb/DEBIAN/control"
  (cd "$deb" && find usr lib -type f | sort | xargs md5sum) >"$deb/DEBIAN/md5sums"
  settle_times "$deb"
  dpkg-deb --root-owner-group -Zxz -z6 --threads-max=2 -b "$deb" "$out/coffer_${version}_$arch.deb" >build/dpkg-deb.log 2>&1 ||
    dpkg-deb --root-owner-group -Zxz -z6 -b "$deb" "$out/coffer_${version}_$arch.deb" >build/dpkg-deb.log
}
