// Completion for bash 3.2 and newer. Our own: the library's (0.0.22) needs the package bash-completion, complains
// when it is sourced twice, evaluates what was typed, and loses names with ":" (the contexts of EKS) and `--flag=`.

export const bashScript = `# bash completion for meshdoc
_meshdoc() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() part gap i
  # COMP_WORDS is also split at "=" and ":"; what no blank separates is one word again.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    gap=\${rest%%[![:blank:]]*}
    rest=\${rest#"$gap"}
    part=\${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && part=$rest
    rest=\${rest#"$part"}
    if [[ -n $gap || $i -eq 0 ]]; then
      words+=("$part")
    else
      words[\${#words[@]}-1]+=$part
    fi
  done

  local current=\${words[\${#words[@]}-1]} answer directive name _
  answer=$(meshdoc complete -- "\${words[@]:1}" 2>/dev/null) || return
  directive=\${answer##*:}
  [[ $current == --*=* ]] && current=\${current#*=}
  # What stands before the last ":" is there already, for bash replaces only what is behind it.
  local before=
  [[ $current == *:* && $COMP_WORDBREAKS == *:* ]] && before=\${current%"\${current##*:}"}
  COMPREPLY=()
  while IFS=$'\\t' read -r name _; do
    [[ -n $name && $name != :* ]] && COMPREPLY+=("\${name#"$before"}")
  done <<<"$answer"

  # compopt came with bash 4.
  ((directive & 2)) && compopt -o nospace 2>/dev/null
  ((directive & 4)) && compopt +o default 2>/dev/null
  return 0
}
complete -o default -F _meshdoc meshdoc
`;

/** What kubectl runs to complete \`kubectl meshdoc\`, where npm has not installed it. */
export const kubectlScript = `#!/bin/sh
exec kubectl meshdoc complete -- "$@"
`;
