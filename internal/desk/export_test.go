package desk

// Route is an address of the desk, for tests.
type Route = route

// Known are the addresses of the desk.
func (d *Desk) Known() []Route { return d.known }
