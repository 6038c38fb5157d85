// Package desk is the web application in which people review, approve and
// publish editions. It serves plain HTML that works without JavaScript, with
// a few ES modules of our own on top, in the desk's languages and mirrored
// where they are written from the right. It keeps no state but sessions: all
// it does goes through the pipeline, under the name of who does it, and every
// right is checked here on the server.
//
//	h, err := desk.New(desk.Options{Pipeline: p, People: people, Sessions: sessions, Locales: []string{"ar", "fr"}})
//	srv := &http.Server{Handler: h}
//	srv.RegisterOnShutdown(h.Close)
package desk
