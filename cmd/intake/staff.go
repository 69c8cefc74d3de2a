package main

import (
	"context"
	"fmt"
	"text/tabwriter"
)

func staffCommand() command {
	return command{name: "staff", short: "add and list staff accounts", long: `Usage: intake staff add [-role staff|supervisor|administrator]
       intake staff list

Prints a one-time link with which a new account is made, or lists the accounts. It asks the running server if there is one, and opens the data
folder itself if there is none.`,
		flags: func(s *settings) {
			s.dataFlags()
			s.fs.StringVar(&s.role, "role", "staff", "the `role` of the new account: staff, supervisor or administrator")
			s.fs.StringVar(&s.addr, "addr", "127.0.0.1:8080", "the `address` that the server listens on, for the link, when it is not running")
			s.fs.StringVar(&s.publicURL, "public-url", "", "the `URL` under which staff reach the program, for the link, when it is not running")
		}, run: runStaff}
}

func runStaff(ctx context.Context, p *program, s *settings, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("staff needs one word: add or list%w", errUsage)
	}
	switch args[0] {
	case "add":
		return withKeeper(ctx, p, s, func(k keeper) error {
			link, err := k.invite(ctx, s.role)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "%s\nThis link works once, within the hour.\n", link)
			return err
		})
	case "list":
		return withKeeper(ctx, p, s, func(k keeper) error {
			people, err := k.staff(ctx)
			if err != nil {
				return err
			}
			t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "SIGN-IN NAME\tNAME\tROLE\tSTATE")
			for _, one := range people {
				fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", one.Login, one.Name, one.Role, one.State)
			}
			return t.Flush()
		})
	}
	return fmt.Errorf("there is no `intake staff %s`: use add or list%w", args[0], errUsage)
}
