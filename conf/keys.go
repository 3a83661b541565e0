package conf

// first is the version that brought the first keys.
const first = "0.1"

// The keys of weft, in the order of docs/configuration.md. A name keeps the tail of Spark's, so
// that a Spark user knows it.
var (
	// Master and the keys after it name the application and say where it runs.

	Master = text("weft.master", "local[*]", first,
		"Where the job runs: local[N], process[N], yarn or plugin:NAME.")
	AppName = text("weft.app.name", "", first,
		"Name shown by the cluster and the UI; unset: the program's file name.")
	DeployMode = choice("weft.submit.deployMode", "client", first,
		"Where the driver runs: in the submitting process (client) or in the "+
			"ApplicationMaster (cluster).", "client", "cluster")
	SubmitVia = choice("weft.submit.via", "rpc", first,
		"How an application is submitted to the ResourceManager: by rpc, or over its REST API "+
			"(cluster mode only).", "rpc", "rest")

	// ExecutorInstances and the keys after it are the application's resources.

	ExecutorInstances = integer("weft.executor.instances", "2", first, 1,
		"Number of executors.")
	ExecutorMemory = size("weft.executor.memory", "1g", first, MiB,
		"Memory of one executor for data: its GOMEMLIMIT.")
	ExecutorMemoryOverhead = size("weft.executor.memoryOverhead", "", first, MiB,
		"Container memory beyond weft.executor.memory; unset: memory × memoryOverheadFactor, "+
			"at least minMemoryOverhead.")
	ExecutorMemoryOverheadFactor = fraction("weft.executor.memoryOverheadFactor", "0.1", first,
		"Share of weft.executor.memory added to the container when memoryOverhead is unset.")
	ExecutorMinMemoryOverhead = size("weft.executor.minMemoryOverhead", "64m", first, MiB,
		"Least overhead of an executor. A Go executor has no JVM beside its heap (no metaspace, "+
			"code cache or direct buffers), so 64m replaces Spark's 384m.")
	ExecutorCores = integer("weft.executor.cores", "1", first, 1,
		"Task slots of one executor: its GOMAXPROCS and its vcores.")
	DriverMemory = size("weft.driver.memory", "1g", first, MiB,
		"Memory of the driver; in cluster mode, of the ApplicationMaster's container.")
	DriverCores = integer("weft.driver.cores", "1", first, 1,
		"Vcores of the ApplicationMaster's container in cluster mode.")
	DriverHost = text("weft.driver.host", "", first,
		"Address at which executors reach a driver that runs outside the cluster; unset: with "+
			"yarn the address from which this machine reaches the ResourceManager, with a plugin "+
			"127.0.0.1.")
	DriverMaxResultSize = size("weft.driver.maxResultSize", "1g", first, 1,
		"Most bytes of results one action may bring to the driver; 0: no limit.")

	// DefaultParallelism and the keys after it steer scheduling.

	DefaultParallelism = integer("weft.default.parallelism", "", first, 1,
		"Partitions of a shuffle that names none; unset: as many as the largest input has.")
	TaskMaxFailures = integer("weft.task.maxFailures", "4", first, 1,
		"Failed attempts of one task that end its job.")
	TaskCPUs = integer("weft.task.cpus", "1", first, 1,
		"Slots one task takes.")
	StageMaxConsecutiveAttempts = integer("weft.stage.maxConsecutiveAttempts", "4", first, 1,
		"Fetch failures in a row of one stage that end its job.")
	StageMaxAttempts = integer("weft.stage.maxAttempts", "", first, 1,
		"Attempts of one stage, whatever ended them, after which its job fails; unset: no limit.")
	StageIgnoreDecommission = toggle("weft.stage.ignoreDecommissionFetchFailure", "true", first,
		"Whether fetch failures do not count that are about an executor being decommissioned.")
	LocalityWait = duration("weft.locality.wait", "3s", first,
		"How long a slot waits for a task with better locality.")
	LocalityWaitProcess = duration("weft.locality.wait.process", "", first,
		"The same for executor-local tasks; unset: weft.locality.wait.")
	LocalityWaitNode = duration("weft.locality.wait.node", "", first,
		"The same for host-local tasks; unset: weft.locality.wait.")
	LocalityWaitRack = duration("weft.locality.wait.rack", "", first,
		"The same for rack-local tasks; unset: weft.locality.wait.")

	LocalityWaitAdaptive = toggle("weft.locality.wait.adaptive", "false", first,
		"Whether a stage waits for host-local slots only as long as one is likely to take to come free, "+
			"at most weft.locality.wait.node.")

	// SchedulerMode and the keys after it say how jobs of one application share its slots.

	SchedulerMode = choice("weft.scheduler.mode", "FIFO", first,
		"Order of jobs that run at the same time: the oldest first (FIFO), or pools that share "+
			"the slots (FAIR).", "FIFO", "FAIR")
	SchedulerAllocationFile = text("weft.scheduler.allocation.file", "", first,
		"File with the pools of mode FAIR, local or on HDFS, read by the driver; unset: "+
			"fairscheduler.xml in the working directory or in $WEFT_CONF_DIR, where there is one.")
	SchedulerMinRegisteredRatio = fraction("weft.scheduler.minRegisteredResourcesRatio", "0", first,
		"Share of the executors that must be registered before the first job runs; with 0 it "+
			"begins with the first slot, where Spark waits for 0.8 on YARN.")
	SchedulerMaxRegisteredWait = duration("weft.scheduler.maxRegisteredResourcesWaitingTime",
		"30s", first, "How long the first job waits for them.")
	SchedulerCoverProfiles = toggle("weft.scheduler.resource.coverProfiles", "false", first,
		"Whether a stage may use the executors of any resource profile that has all that its own "+
			"asks for; otherwise only those of exactly its own.")
	SchedulerMergeProfiles = toggle("weft.scheduler.resource.profileMergeConflicts", "false", first,
		"Whether a stage whose datasets have several resource profiles gets, for each resource, "+
			"the largest request; otherwise its job fails.")
	StarvationTimeout = duration("weft.starvation.timeout", "15s", first,
		"How long tasks may wait without any launch before people are told, and again each time.")
	SchedulerLog = text("weft.scheduler.log", "", first,
		"File on the driver's machine for what the scheduler is told, which weft replay plays "+
			"again; unset: none.")

	// Speculation and the keys after it are about copies of slow tasks.

	Speculation = toggle("weft.speculation", "false", first,
		"Whether slow tasks get a copy on another host; the first to succeed counts.")
	SpeculationInterval = duration("weft.speculation.interval", "100ms", first,
		"Time between two looks for slow tasks.")
	SpeculationQuantile = fraction("weft.speculation.quantile", "0.9", first,
		"Share of a stage's tasks that must be done before any other is slow.")
	SpeculationMultiplier = number("weft.speculation.multiplier", "3", first, 1,
		"A task is slow that runs longer than so many medians of those that are done.")
	SpeculationMinTaskRuntime = duration("weft.speculation.minTaskRuntime", "100ms", first,
		"A task is not slow that has run for less.")
	SpeculationThreshold = duration("weft.speculation.task.duration.threshold", "", first,
		"A task is slow that runs so long, in a stage of no more tasks than an executor has slots; "+
			"unset: none.")

	SpeculationEfficiency = toggle("weft.speculation.efficiency.enabled", "true", first,
		"Whether a slow task gets no copy that reads records about as fast as its stage's tasks did.")
	SpeculationRateMultiplier = number("weft.speculation.efficiency.processRateMultiplier", "0.75",
		first, 0, "About as fast is at least so much of their mean rate.")
	SpeculationLongRunFactor = number("weft.speculation.efficiency.longRunTaskFactor", "2", first, 1,
		"A task gets its copy nevertheless that runs so many times as long as makes a task slow.")

	SpeculationOpportunistic = toggle("weft.speculation.opportunistic", "false", first,
		"With weft.dynamicAllocation.enabled on YARN: whether executors that only copies of slow tasks "+
			"need are asked for as opportunistic containers.")

	// ExcludeOnFailure and the keys after it keep tasks away from where tasks failed.

	ExcludeOnFailure = toggle("weft.excludeOnFailure.enabled", "false", first,
		"Whether tasks are kept away from executors and hosts where tasks failed.")
	ExcludeTaskAndStage = toggle("weft.excludeOnFailure.taskAndStage.enabled", "", first,
		"The same within a stage; unset: weft.excludeOnFailure.enabled.")
	ExcludeApplication = toggle("weft.excludeOnFailure.application.enabled", "", first,
		"The same for all stages, for weft.excludeOnFailure.timeout; unset: "+
			"weft.excludeOnFailure.enabled.")
	ExcludeTimeout = duration("weft.excludeOnFailure.timeout", "1h", first,
		"How long an executor or host stays excluded for all stages.")
	ExcludeTaskPerExecutor = integer("weft.excludeOnFailure.task.maxTaskAttemptsPerExecutor",
		"1", first, 1, "Failures of a task that exclude an executor for it.")
	ExcludeTaskPerNode = integer("weft.excludeOnFailure.task.maxTaskAttemptsPerNode",
		"2", first, 1, "Failures of a task that exclude a host for it; below weft.task.maxFailures.")
	ExcludeStagePerExecutor = integer("weft.excludeOnFailure.stage.maxFailedTasksPerExecutor",
		"2", first, 1, "Failed tasks of a stage that exclude an executor for the stage.")
	ExcludeStagePerNode = integer("weft.excludeOnFailure.stage.maxFailedExecutorsPerNode",
		"2", first, 1, "Excluded executors of a host that exclude it for the stage.")
	ExcludeAppPerExecutor = integer("weft.excludeOnFailure.application.maxFailedTasksPerExecutor",
		"2", first, 1, "Failed tasks that exclude an executor for all stages.")
	ExcludeAppPerNode = integer("weft.excludeOnFailure.application.maxFailedExecutorsPerNode",
		"2", first, 1, "Excluded executors of a host that exclude it for all stages.")
	ExcludeUnschedulable = seconds("weft.scheduler.excludeOnFailure.unschedulableTaskSetTimeout",
		"120s", first, "How long a task may have no place left before its jobs fail.")

	ShuffleReduceLocality = toggle("weft.shuffle.reduceLocality.enabled", "true", first,
		"Whether a reduce task prefers the hosts that hold a fifth of its input or more, in shuffles of "+
			"less than 1000 maps and 1000 reduces.")

	// DynamicAllocation and the keys after it ask for executors as tasks need them.

	DynamicAllocation = toggle("weft.dynamicAllocation.enabled", "false", first,
		"Whether executors are asked for as tasks need them and given back when idle; without it "+
			"weft.executor.instances of them are held from beginning to end. Masters process[N] "+
			"and yarn.")
	DynamicAllocationPolicy = choice("weft.dynamicAllocation.policy", "direct", first,
		"How the number grows: to the whole need at once (direct), or by 1, 2, 4, 8 … (ramp).",
		"direct", "ramp")
	DynamicAllocationMin = integer("weft.dynamicAllocation.minExecutors", "0", first, 0,
		"Least executors of each profile.")
	DynamicAllocationMax = integer("weft.dynamicAllocation.maxExecutors", "", first, 1,
		"Most executors of each profile; unset: no limit. process[N] has N at most.")
	DynamicAllocationInitial = integer("weft.dynamicAllocation.initialExecutors", "", first, 0,
		"Executors of each profile before its first task; unset: weft.executor.instances if that "+
			"is set, or minExecutors.")
	DynamicAllocationRatio = fraction("weft.dynamicAllocation.executorAllocationRatio", "1", first,
		"Executors by what the tasks could use at once; below 1, tasks run in several waves.")
	DynamicAllocationBacklog = seconds("weft.dynamicAllocation.schedulerBacklogTimeout", "1s", first,
		"How long tasks wait before more executors are asked for; direct does not wait where there "+
			"are none.")
	DynamicAllocationSustained = seconds(
		"weft.dynamicAllocation.sustainedSchedulerBacklogTimeout", "", first,
		"Time between two steps of the ramp; unset: schedulerBacklogTimeout.")
	DynamicAllocationIdle = seconds("weft.dynamicAllocation.executorIdleTimeout", "", first,
		"How long an executor has no task before it is given back; unset: 60 s with policy ramp, "+
			"15 s with direct, which has executors back sooner.")
	DynamicAllocationCachedIdle = seconds("weft.dynamicAllocation.cachedExecutorIdleTimeout", "",
		first, "The same for one with cached blocks, which are lost with it; unset: for ever.")
	DynamicAllocationTracking = toggle("weft.dynamicAllocation.shuffleTracking.enabled", "true",
		first, "Whether executors without a shuffle service on their node stay while they have map "+
			"outputs, which would be lost with them.")
	DynamicAllocationTrackingTimeout = duration("weft.dynamicAllocation.shuffleTracking.timeout",
		"", first, "How long one stays idle whose map outputs no running job reads; unset: until "+
			"the driver's program lets the shuffle's dataset go.")

	// NetworkTimeout and the keys after it bound waiting for others.

	NetworkTimeout = seconds("weft.network.timeout", "120s", first,
		"Silence after which a peer counts as lost.")
	ExecutorMaxNumFailures = integer("weft.executor.maxNumFailures", "", first, 0,
		"Executors that may fail through the application's fault before it ends; unset: twice as "+
			"many as are wanted, at least 3.")
	ExecutorFailuresValidity = duration("weft.executor.failuresValidityInterval", "", first,
		"Failures of executors that are older do not count; unset: all count.")
	ExecutorHeartbeatInterval = duration("weft.executor.heartbeatInterval", "10s", first,
		"Time between an executor's heartbeats to the driver.")

	// YarnQueue and the keys after it matter with master yarn only.

	YarnQueue = text("weft.yarn.queue", "default", first,
		"Queue of the application.")
	YarnConnectTimeout = duration("weft.yarn.connect.timeout", "30s", first,
		"How long to try to reach the ResourceManager.")
	YarnStagingDir = text("weft.yarn.stagingDir", "", first,
		"Parent of .weft, which keeps programs, in the default file system; unset: /user/NAME.")
	YarnWaitAppCompletion = toggle("weft.yarn.submit.waitAppCompletion", "true", first,
		"Whether submit waits for the end in cluster mode.")
	YarnReportInterval = duration("weft.yarn.report.interval", "1s", first,
		"Time between two looks at the application's state.")
	YarnMaxAppAttempts = integer("weft.yarn.maxAppAttempts", "", first, 1,
		"Most attempts of the ApplicationMaster; unset: the cluster's limit.")
	YarnAMNodeLabel = text("weft.yarn.am.nodeLabelExpression", "", first,
		"Node label of the ApplicationMaster's container.")
	YarnExecutorNodeLabel = text("weft.yarn.executor.nodeLabelExpression", "", first,
		"Node label of the executors' containers.")
	YarnExecutorPlacement = text("weft.yarn.executor.placementConstraint", "", first,
		"On which nodes executors may come, as YARN writes placement constraints: notin,node,weft keeps "+
			"them on different nodes.")
	YarnExecutorTag = text("weft.yarn.executor.allocationTag", "weft", first,
		"Tag of the executors' containers, by which placement constraints know them.")
	YarnDockerImage = text("weft.yarn.docker.image", "", first,
		"Docker image in which nodes run the containers; they need YARN's LinuxContainerExecutor with "+
			"its Docker runtime.")
	YarnDockerMounts = list("weft.yarn.docker.mounts", "", first,
		"What of a node is mounted there: SOURCE:DESTINATION or SOURCE:DESTINATION:ro, separated by "+
			"commas.")
	YarnTags = list("weft.yarn.tags", "", first,
		"Tags of the application, separated by commas.")
	YarnGPUName = text("weft.yarn.resourceGpuDeviceName", "yarn.io/gpu", first,
		"What YARN calls the resource gpu of a profile.")
	YarnFPGAName = text("weft.yarn.resourceFpgaDeviceName", "yarn.io/fpga", first,
		"What YARN calls the resource fpga of a profile.")
	YarnContainerLauncherMaxThreads = integer("weft.yarn.containerLauncherMaxThreads", "25", first, 1,
		"Most executors that are being started at the same time.")
	YarnExcludeNodes = list("weft.yarn.exclude.nodes", "", first,
		"Hosts on which no executor shall run, separated by commas.")
	YarnLaunchExclude = toggle("weft.yarn.executor.launch.excludeOnFailure.enabled", "true", first,
		"Whether hosts on which executors could not be started get no more of them for "+
			"weft.excludeOnFailure.timeout, from "+
			"weft.excludeOnFailure.application.maxFailedExecutorsPerNode on. Spark's is off, and counts "+
			"executors that crashed too.")
	YarnPreemptionGrace = duration("weft.yarn.preemption.gracePeriod", "10s", first,
		"How long tasks may run on in containers that the cluster wants back, before weft gives them "+
			"back; below the cluster's own time, of 15s by default.")
	YarnAttemptWindow = duration("weft.yarn.am.attemptFailuresValidityInterval", "", first,
		"Failed attempts of the ApplicationMaster that are older do not count; unset: all count.")
	YarnLifetime = seconds("weft.yarn.application.lifetime", "", first,
		"YARN ends the application after so long; unset: never, or the queue's own limit.")
	YarnPriority = integer("weft.yarn.priority", "", first, 0,
		"Priority of the application in its queue; a higher number goes first.")

	// LocalDir and the keys after it are about data.

	LocalDir = list("weft.local.dir", "", first,
		"Directories for shuffle and spill files outside YARN; unset: the system's temporary "+
			"directory. On YARN the NodeManager names them.")
	FilesMaxPartitionBytes = size("weft.files.maxPartitionBytes", "128m", first, 1,
		"Most bytes of input in one partition.")
	ShuffleCompress = choice("weft.shuffle.compress", "auto", first,
		"Whether map outputs are compressed: always (zstd or true), never (none or false), or "+
			"(auto) where executors are on several hosts, pieces are large enough and get smaller.",
		"auto", "zstd", "none", "true", "false")
	ShuffleMaxRetries = integer("weft.shuffle.io.maxRetries", "3", first, 0,
		"How often a fetch of map output is tried again before the map tasks are.")
	ShuffleRetryWait = duration("weft.shuffle.io.retryWait", "1s", first,
		"Wait before the second retry of a fetch, doubled before each further one; the first is "+
			"made at once.")
	ShuffleServiceEnabled = toggle("weft.shuffle.service.enabled", "false", first,
		"Whether map outputs are served by the shuffle service in each NodeManager, so that they "+
			"outlive the executor that wrote them.")
	ShuffleServiceName = identifier("weft.shuffle.service.name", "weft_shuffle", first,
		"Name of that service in yarn.nodemanager.aux-services.")
	ShuffleServicePatience = duration("weft.shuffle.service.patience", "15s", first,
		"How long the shuffle service of a node may be away, as while it restarts, before the map "+
			"outputs of the node count as lost.")
	ShuffleSpillMemoryFraction = fraction("weft.shuffle.spill.memoryFraction", "0.6", first,
		"Share of weft.executor.memory that sorting and combining may fill before they spill.")
	ReducerMaxSizeInFlight = size("weft.reducer.maxSizeInFlight", "48m", first, MiB,
		"Most bytes of map output one task fetches at the same time.")
	StorageMemoryFraction = fraction("weft.storage.memoryFraction", "0.3", first,
		"Share of weft.executor.memory for persisted datasets.")
)
