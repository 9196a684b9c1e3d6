package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand prints what a shell needs to finish commands by itself.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Run writes the script. It is made from the command line itself, so it knows
// every command and flag there is.
func (c completionCommand) Run(p *place) error {
	all, err := wholeGrammar()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	switch c.Shell {
	case "bash":
		completeBash(&out, all)
	case "zsh":
		fmt.Fprintln(&out, "#compdef helpline\nautoload -U +X bashcompinit && bashcompinit")
		completeBash(&out, all)
	case "fish":
		completeFish(&out, all)
	}
	_, err = out.WriteTo(p.out)
	return err
}

// manualCommand prints the man page.
type manualCommand struct{}

// Run writes it as man reads it.
func (manualCommand) Run(p *place) error {
	all, err := wholeGrammar()
	if err != nil {
		return err
	}
	var out bytes.Buffer
	manual(&out, all)
	_, err = out.WriteTo(p.out)
	return err
}

// spoken is one command of the command line, or a group of them.
type spoken struct {
	path  []string // without the program
	help  string
	args  []string // as they are written: FILE, [FILE]
	flags []spokenFlag
	below []string // names of the commands in it
}

type spokenFlag struct{ name, value, help string }

// wholeGrammar lists every command that is not hidden, the program itself first.
func wholeGrammar() ([]spoken, error) {
	parser, err := kong.New(new(commands), kong.Name("helpline"), kong.Exit(func(int) {}),
		kong.BindTo(context.Background(), (*context.Context)(nil)), kong.Bind(&place{}))
	if err != nil {
		return nil, err
	}
	var out []spoken
	var walk func(n *kong.Node, path []string)
	walk = func(n *kong.Node, path []string) {
		s := spoken{path: path, help: n.Help}
		for _, a := range n.Positional {
			name := strings.ToUpper(a.Name)
			if !a.Required {
				name = "[" + name + "]"
			}
			s.args = append(s.args, name)
		}
		for _, f := range n.Flags {
			if !f.Hidden {
				flag := spokenFlag{name: f.Name, help: f.Help}
				if !f.IsBool() {
					flag.value = cmp.Or(f.PlaceHolder, strings.ToUpper(f.Name))
				}
				s.flags = append(s.flags, flag)
			}
		}
		at := len(out)
		out = append(out, s)
		for _, c := range n.Children {
			if !c.Hidden {
				out[at].below = append(out[at].below, c.Name)
				walk(c, append(slices.Clone(path), c.Name))
			}
		}
	}
	if parser.Model == nil {
		return nil, errors.New("the command line has no commands")
	}
	walk(parser.Model.Node, nil)
	return out, nil
}

// words are what may come after a command.
func (s spoken) words() []string {
	out := slices.Clone(s.below)
	for _, f := range s.flags {
		out = append(out, "--"+f.name)
	}
	return append(out, "--help")
}

// completeBash writes a function that finds the longest command so far and
// offers what may follow; files otherwise.
func completeBash(out *bytes.Buffer, all []spoken) {
	fmt.Fprint(out, "_helpline() {\n  local cur=${COMP_WORDS[COMP_CWORD]} at=\"\" next w i\n  for ((i = 1; i < COMP_CWORD; i++)); do\n    w=${COMP_WORDS[i]}\n    next=${at:+$at }$w\n    case \" $next \" in\n")
	for _, s := range all[1:] {
		fmt.Fprintf(out, "      \" %s \") at=$next ;;\n", strings.Join(s.path, " "))
	}
	fmt.Fprint(out, "    esac\n  done\n  case $at in\n")
	for _, s := range all {
		fmt.Fprintf(out, "    \"%s\") w=\"%s\" ;;\n", strings.Join(s.path, " "), strings.Join(s.words(), " "))
	}
	fmt.Fprint(out, "  esac\n  COMPREPLY=($(compgen -W \"$w\" -- \"$cur\"))\n  [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- \"$cur\"))\n}\ncomplete -F _helpline helpline\n")
}

// completeFish writes one line for each command and flag.
func completeFish(out *bytes.Buffer, all []spoken) {
	quote := func(s string) string {
		return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
	}
	fmt.Fprintln(out, `function __helpline_at
  set -l words (string match -v -- '-*' (commandline -opc)[2..])
  test "$words" = "$argv[1]"
end`)
	help := map[string]string{}
	for _, s := range all {
		help[strings.Join(s.path, " ")] = s.help
	}
	for _, s := range all {
		at := strings.Join(s.path, " ")
		for _, name := range s.below {
			fmt.Fprintf(out, "complete -c helpline -f -n %s -a %s -d %s\n", quote("__helpline_at "+quote(at)), quote(name), quote(help[strings.TrimSpace(at+" "+name)]))
		}
		for _, f := range s.flags {
			value := ""
			if f.value != "" {
				value = " -r"
			}
			fmt.Fprintf(out, "complete -c helpline -n %s -l %s%s -d %s\n", quote("string match -q -- "+quote(at+"*")+" (string join ' ' (commandline -opc)[2..])"), f.name, value, quote(f.help))
		}
	}
}

// manual writes a page for man(1). Flags that every command of a line has stand
// once, under SETTINGS.
func manual(out *bytes.Buffer, all []spoken) {
	esc := func(s string) string {
		s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
		if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
			s = `\&` + s
		}
		return s
	}
	flag := func(f spokenFlag) {
		name := `\fB\-\-` + esc(f.name) + `\fR`
		if f.value != "" {
			name += ` \fI` + esc(f.value) + `\fR`
		}
		fmt.Fprintf(out, ".TP\n%s\n%s\n", name, esc(f.help))
	}
	count := map[spokenFlag]int{}
	for _, s := range all {
		for _, f := range s.flags {
			count[f]++
		}
	}
	const often = 5 // commands that share a flag, from which on it is a setting
	fmt.Fprintf(out, ".TH HELPLINE 1\n.SH NAME\nhelpline \\- a helpline where people talk before a child is harmed\n.SH SYNOPSIS\n.B helpline\n.I COMMAND\n[\\fIFLAGS\\fR]\n.SH COMMANDS\n")
	for _, s := range all[1:] {
		fmt.Fprintf(out, ".SS %s\n%s\n", esc(strings.TrimSpace("helpline "+strings.Join(append(slices.Clone(s.path), s.args...), " "))), esc(s.help))
		for _, f := range s.flags {
			if count[f] < often {
				flag(f)
			}
		}
	}
	fmt.Fprint(out, ".SH SETTINGS\nFlags of every command that needs a line. Each is also a key of the configuration file and a variable of the environment.\n")
	shown := map[spokenFlag]bool{}
	for _, s := range all {
		for _, f := range s.flags {
			if count[f] >= often && !shown[f] {
				shown[f] = true
				flag(f)
			}
		}
	}
	fmt.Fprint(out, ".SH EXIT STATUS\n0 done, 1 failed or found something wrong, 2 wrong use of the command line, 3 wrong configuration, 4 the data folder cannot be used.\n")
}
