// The shells that completion is made for, and where each keeps its script.

/** `kubectl` completes its plugins through a program of its own. */
export const shells = ['bash', 'zsh', 'fish', 'powershell', 'kubectl'] as const;
export type Shell = (typeof shells)[number];

export const completionHelp = `
Where to put what it prints:
  bash        meshdoc completion bash > ~/.local/share/bash-completion/completions/meshdoc
              without the package bash-completion, this line in ~/.bashrc:
              source <(meshdoc completion bash)
  zsh         meshdoc completion zsh > ~/.zfunc/_meshdoc
              and this line in ~/.zshrc:
              fpath=(~/.zfunc $fpath); autoload -U compinit; compinit
  fish        meshdoc completion fish > ~/.config/fish/completions/meshdoc.fish
  powershell  this line in the file that $PROFILE names:
              meshdoc completion powershell | Out-String | Invoke-Expression
  kubectl     1.26 or newer, in any folder of the PATH:
              meshdoc completion kubectl > ~/.local/bin/kubectl_complete-meshdoc
              chmod +x ~/.local/bin/kubectl_complete-meshdoc

Contexts, namespaces, pods and workloads are those of the cluster that the line names, asked for a
second at most.`;
