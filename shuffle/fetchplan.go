package shuffle

// planFetches cuts remote locations into fetches, server by server. Reducers begin at
// different servers, so that they do not all ask the same one first.
func planFetches(c *ReaderConfig, remote []Location) []*fetch {
	var addrs []string
	byAddr := map[string][]Location{}
	for _, loc := range remote {
		if byAddr[loc.Addr] == nil {
			addrs = append(addrs, loc.Addr)
		}
		byAddr[loc.Addr] = append(byAddr[loc.Addr], loc)
	}
	var jobs []*fetch
	for i := range addrs {
		addr := addrs[(i+c.First)%len(addrs)]
		jobs = append(jobs, planServer(c, addr, byAddr[addr])...)
	}
	return jobs
}

// planServer cuts one server's locations by number of blocks and by bytes.
func planServer(c *ReaderConfig, addr string, locs []Location) []*fetch {
	var jobs []*fetch
	var job *fetch
	blocks, bytes := 0, int64(0)
	for _, loc := range locs {
		for first := c.First; first < c.Last; first += maxBlocks {
			count := min(maxBlocks, c.Last-first)
			if job == nil || len(job.items) == maxFetchBlocks || blocks+count > maxBlocks ||
				bytes+loc.Bytes > c.InFlight/int64(c.Requests) {
				job = &fetch{addr: addr}
				jobs = append(jobs, job)
				blocks, bytes = 0, 0
			}
			job.locs = append(job.locs, loc)
			job.items = append(job.items, item{mapID: loc.Map, attempt: loc.Attempt, first: first,
				count: count})
			blocks, bytes = blocks+count, bytes+loc.Bytes
		}
	}
	return jobs
}
