package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"dragoman/internal/desk"
	"dragoman/internal/people"
	"dragoman/internal/store"
	"dragoman/pipeline"
)

func newUpCommand(g *globals) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "up",
		Short: "Do what run does, then serve the desk and watch for new releases",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("listen") {
				g.flags["desk::listen"] = listen
			}
			return g.withApp(c.Context(), func(a *app) error { return a.up(c.Context()) })
		},
	}
	c.Flags().StringVar(&listen, "listen", "", "`HOST:PORT` of the desk (127.0.0.1:8741)")
	return c
}

func newServeCommand(g *globals) *cobra.Command {
	var listen string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Serve the desk; on an SQLite file also work on what waits",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if c.Flags().Changed("listen") {
				g.flags["desk::listen"] = listen
			}
			return g.withApp(c.Context(), func(a *app) error {
				group, ctx := errgroup.WithContext(c.Context())
				if err := a.serve(ctx, group); err != nil {
					return err
				}
				if a.store.SQLite() {
					group.Go(func() error { return a.workOn(ctx) })
				} else {
					group.Go(func() error { return a.follow(ctx) })
				}
				group.Go(func() error { a.reckon(ctx); return nil })
				return group.Wait()
			})
		},
	}
	c.Flags().StringVar(&listen, "listen", "", "`HOST:PORT` of the desk (127.0.0.1:8741)")
	return c
}

func newWorkerCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "worker",
		Short: "Work on what waits until stopped; any number of them on one PostgreSQL",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return g.withApp(c.Context(), func(a *app) error {
				fmt.Fprintln(a.stderr, "Working; stop with Ctrl-C.")
				return a.workOn(c.Context())
			})
		},
	}
}

// up serves the desk at once, watches, and drafts what is new meanwhile.
func (a *app) up(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	if err := a.serve(ctx, group); err != nil {
		return err
	}
	group.Go(func() error { return a.workOn(ctx) })
	looked := make(chan look, 1)
	group.Go(func() error {
		if _, err := a.pipe.AddLocales(ctx); err != nil {
			return stopped(ctx, err)
		}
		return a.pipe.Watch(ctx, a.watcher(looked))
	})
	group.Go(func() error {
		select {
		case l := <-looked:
			return stopped(ctx, a.begun(ctx, l))
		case <-ctx.Done():
			return nil
		}
	})
	return group.Wait()
}

// look is what a look at the content folder found.
type look struct {
	report pipeline.LoadReport
	err    error
}

// watcher gives the first look at everything to a channel, and tells of all
// others.
func (a *app) watcher(looked chan<- look) func(pipeline.LoadReport, error) {
	began := false
	return func(r pipeline.LoadReport, err error) {
		if r.All && !began {
			began = true
			looked <- look{r, err}
			return
		}
		a.noticed(r, err)
	}
}

// begun waits until what was there at the start is drafted and tells of it.
func (a *app) begun(ctx context.Context, l look) error {
	if l.err != nil {
		return l.err
	}
	bar := newProgress(a.stderr, "Drafting releases:")
	err := a.settle(ctx, bar)
	bar.end()
	if err != nil {
		return err
	}
	if err := a.tell(ctx, runOptions{}, l.report); err != nil {
		return err
	}
	fmt.Fprintf(a.stderr, "Watching %s; stop with Ctrl-C.\n", a.cfg.Content)
	a.reckon(ctx)
	return nil
}

// reckon works the dashboard's figures out, so that nobody waits for them. (Not
// before what is new is drafted: they are good for a minute.)
func (a *app) reckon(ctx context.Context) {
	if _, err := a.pipe.Figures(ctx); err != nil && ctx.Err() == nil {
		a.log.Warn("reckoning the figures", "error", err)
	}
}

// stopped hides errors that only say that a person ended the program.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// noticed tells what watching found.
func (a *app) noticed(r pipeline.LoadReport, err error) {
	if err != nil {
		fmt.Fprintln(a.stderr, "Watching:", err)
		return
	}
	told := map[string]bool{}
	for _, p := range r.Problems {
		told[p.Error()] = true
		if !r.All || !a.told[p.Error()] { // not at every look at everything
			fmt.Fprintln(a.stderr, "Not taken:", p)
		}
	}
	if r.All {
		a.told = told
	}
	for _, rem := range r.Removed {
		fmt.Fprintf(a.stderr, "Removed: %s is gone; its editions are kept.\n", rem.Key)
	}
	if r.New+r.Changed > 0 {
		fmt.Fprintf(a.stderr, "%s  %d new and %d changed release(s): drafting.\n", time.Now().Format("15:04:05"), r.New, r.Changed)
	}
}

// followEvery is how often what other processes changed is taken up.
const followEvery = 2 * time.Second

// refresh takes up what other processes changed in glossary and memory.
func (a *app) refresh(ctx context.Context) {
	if err := a.pipe.Refresh(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(a.stderr, "Following changes:", err)
	}
}

// follow takes up what other processes changed until ctx ends.
func (a *app) follow(ctx context.Context) error {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			a.refresh(ctx)
		}
	}
}

// workOn works until ctx ends. Where another process has the database's lock
// it waits for its turn.
func (a *app) workOn(ctx context.Context) error {
	refresh := time.NewTicker(followEvery)
	defer refresh.Stop()
	for told := false; ; {
		err := a.store.Work(ctx, a.handle(), store.DefaultSlots())
		if err != nil && !errors.Is(err, store.ErrLocked) {
			return err
		}
		if err != nil && !told {
			told = true
			fmt.Fprintln(a.stderr, "Another Dragoman process works on this database; this one serves and waits.")
		}
		select {
		case <-ctx.Done():
			stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
			defer cancel()
			return a.store.Stop(stop)
		case <-refresh.C:
			a.refresh(ctx)
		}
	}
}

// serve listens and serves the desk in the group, and prints the link.
func (a *app) serve(ctx context.Context, group *errgroup.Group) error {
	ln, err := net.Listen("tcp", a.cfg.Desk.Listen)
	if err != nil {
		return cannotListen(a.cfg.Desk.Listen, err)
	}
	base := a.deskURL(ln.Addr().String())
	accounts, err := a.people(base)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	proxies, err := a.cfg.Desk.Prefixes()
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	h, err := desk.New(desk.Options{
		Proxies:  proxies,
		Pipeline: a.pipe, People: accounts, URL: a.cfg.Desk.URL, Sessions: a.store.Sessions(), Locales: a.cfg.Locales, Public: a.cfg.Public,
		Secure: strings.HasPrefix(base, "https:"), Log: a.log,
	})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	srv.RegisterOnShutdown(h.Close)
	group.Go(func() error {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		return srv.Shutdown(end)
	})
	who, err := a.person(ctx)
	if err != nil {
		return err
	}
	token, err := accounts.Link(ctx, who.Name, who.ID, people.ShortLinkLife)
	if err != nil {
		return err
	}
	link := signInURL(base, token)
	fmt.Fprintf(a.stderr, "The desk is at %s\nSign in as %s (the link works once, for an hour):\n  %s\n", base, who.Name, link)
	return nil
}

// cannotListen says in plain words why the desk cannot be served at an address.
func cannotListen(at string, err error) error {
	remedy := "choose an address of this machine with --listen, such as 127.0.0.1:8741"
	var shape *net.AddrError
	var name *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		remedy = "another program uses the port, perhaps another Dragoman: stop it, or choose another port with --listen 127.0.0.1:PORT"
	case errors.Is(err, syscall.EACCES):
		remedy = "ports below 1024 are the administrator's: choose a higher one with --listen 127.0.0.1:PORT"
	case errors.As(err, &shape), errors.As(err, &name):
		remedy = "write an address of this machine and a port from 1 to 65535, such as 127.0.0.1:8741"
	}
	return fmt.Errorf("the desk cannot listen on %s: %w: %s", at, err, remedy)
}

// deskURL is the desk's address as a browser here would use it.
func (a *app) deskURL(addr string) string {
	if a.cfg.Desk.URL != "" {
		return strings.TrimRight(a.cfg.Desk.URL, "/")
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
