package ui

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// A phone on a slow network pays for every file with a round trip once six are under way, so the modules of a page are joined into one file when
// the program starts, and its styles into another. Files stay as they are written; there is no build step and nothing is renamed: each module
// becomes a function of its own, so names never meet.

var (
	imported = regexp.MustCompile(`^import \{([^}]*)\} from '\./([\w.-]+)';$`)
	exported = regexp.MustCompile(`^export (?:async )?(?:function|class|const|let) (\w+)`)
	renamed  = regexp.MustCompile(`(\w+) as (\w+)`)
)

// JoinScripts puts a module of a folder and everything it imports into one script, in the order of need. Imports must be of the form
// `import { a, b } from './file.js';` and exports stand at the beginning of a line.
func JoinScripts(folder, entry string) ([]byte, error) {
	j := joiner{folder: folder, done: map[string]bool{}}
	if err := j.add(entry, nil); err != nil {
		return nil, err
	}
	return []byte(j.out.String()), nil
}

type joiner struct {
	folder string
	done   map[string]bool
	out    strings.Builder
}

func (j *joiner) add(name string, above []string) error {
	for _, a := range above {
		if a == name {
			return fmt.Errorf("%s imports itself by way of %s", name, strings.Join(above, ", "))
		}
	}
	if j.done[name] {
		return nil
	}
	data, err := fs.ReadFile(Files, path.Join(j.folder, name))
	if err != nil {
		return fmt.Errorf("reading a script: %w", err)
	}
	var body strings.Builder
	var names []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if m := imported.FindStringSubmatch(line); m != nil {
			if err := j.add(m[2], append(above, name)); err != nil {
				return err
			}
			fmt.Fprintf(&body, "const {%s} = %s;\n", renamed.ReplaceAllString(m[1], "$1: $2"), variable(m[2]))
			continue
		}
		if strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "export ") && exported.FindString(line) == "" {
			return fmt.Errorf("%s: %q cannot be joined: write it in the plain form", name, line)
		}
		if m := exported.FindStringSubmatch(line); m != nil {
			names = append(names, m[1])
			line = strings.TrimPrefix(line, "export ")
		}
		body.WriteString(line + "\n")
	}
	j.done[name] = true
	fmt.Fprintf(&j.out, "const %s = (() => {\n%sreturn {%s};\n})();\n", variable(name), Lean(body.String()), strings.Join(names, ", "))
	return nil
}

// variable is what the things that a file exports are kept in.
func variable(file string) string {
	return "$" + strings.ReplaceAll(strings.TrimSuffix(file, ".js"), "-", "_")
}

// Lean leaves out the indentation and the comments that have lines of their own: on a slow network they would be paid for by every visitor.
// Template literals of more than one line would lose their indentation: do not write any.
func Lean(text string) string {
	var b strings.Builder
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if inside || strings.HasPrefix(line, "/*") {
			var ends bool
			if _, line, ends = strings.Cut(line, "*/"); !ends {
				inside = true
				continue
			}
			inside, line = false, strings.TrimSpace(line)
		}
		if line != "" && !strings.HasPrefix(line, "//") {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// JoinStyles puts styles, named folder/file, one after the other.
func JoinStyles(names ...string) ([]byte, error) {
	var b strings.Builder
	for _, name := range names {
		data, err := fs.ReadFile(Files, name)
		if err != nil {
			return nil, fmt.Errorf("reading a style: %w", err)
		}
		b.WriteString(Lean(string(data)))
	}
	return []byte(b.String()), nil
}
