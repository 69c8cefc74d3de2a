package main

import (
	"context"
	"fmt"
	"text/tabwriter"
)

func staffCommand() command {
	return command{name: "staff", short: "add, disable, reset and list staff accounts", long: `Usage: intake staff add [-role staff|supervisor|administrator]
       intake staff disable SIGN-IN-NAME
       intake staff reset SIGN-IN-NAME
       intake staff list

add prints a one-time link with which a new account is made. disable signs somebody out everywhere, at once and for good. reset takes passphrase and
second factor from an account and prints a one-time link to set them up anew; the name, requests and notes stay. It asks the running server if there
is one, and opens the data folder itself if there is none.`,
		flags: func(s *settings) {
			s.dataFlags()
			s.fs.StringVar(&s.role, "role", "staff", "the `role` of the new account: staff, supervisor or administrator")
			s.fs.StringVar(&s.addr, "addr", "127.0.0.1:8080", "the `address` that the server listens on, for the link, when it is not running")
			s.fs.StringVar(&s.publicURL, "public-url", "", "the `URL` under which staff reach the program, for the link, when it is not running")
		}, run: runStaff}
}

func runStaff(ctx context.Context, p *program, s *settings, args []string) error {
	want := map[string]int{"add": 1, "list": 1, "disable": 2, "reset": 2}
	if len(args) == 0 {
		return fmt.Errorf("staff needs a word: add, disable, reset or list%w", errUsage)
	}
	n, known := want[args[0]]
	switch {
	case !known:
		return fmt.Errorf("there is no `intake staff %s`: use add, disable, reset or list%w", args[0], errUsage)
	case n != len(args) && n == 2:
		return fmt.Errorf("name one account: intake staff %s SIGN-IN-NAME%w", args[0], errUsage)
	case n != len(args):
		return fmt.Errorf("intake staff %s takes no further words%w", args[0], errUsage)
	}
	return withKeeper(ctx, p, s, func(k keeper) error {
		switch args[0] {
		case "add":
			link, err := k.invite(ctx, s.role)
			return printLink(p, link, err)
		case "reset":
			link, err := k.reset(ctx, args[1])
			return printLink(p, link, err)
		case "disable":
			if err := k.disable(ctx, args[1]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(p.stdout, "%s is disabled and signed out everywhere.\n", args[1])
			return err
		}
		return list(ctx, p, k)
	})
}

func printLink(p *program, link string, err error) error {
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s\nThis link works once, within the hour.\n", link)
	return err
}

func list(ctx context.Context, p *program, k keeper) error {
	people, err := k.staff(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "SIGN-IN NAME\tNAME\tROLE\tSTATE\tSECOND FACTOR")
	for _, one := range people {
		factor := "none"
		if one.Secured {
			factor = "yes"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", one.Login, one.Name, one.Role, one.State, factor)
	}
	return t.Flush()
}
