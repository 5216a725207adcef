/* SPDX-License-Identifier: MIT */
/*
 * machine_virtual.c - whether a hypervisor or a container is around us.
 */
#include "machine_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct known {
	const char *sign, *name;
};

static const char *find_known(const struct known *known, const char *text)
{
	for (; known->sign; known++)
		if (strstr(text, known->sign))
			return known->name;
	return NULL;
}

/* By the board's maker, where CPUID is not there to ask (arm64). */
static const char *virtual_board(const char *root)
{
	static const struct known boards[] = {
		{ "QEMU", "qemu" },
		{ "KVM", "kvm" },
		{ "VMware", "vmware" },
		{ "VirtualBox", "virtualbox" },
		{ "innotek", "virtualbox" },
		{ "Xen", "xen" },
		{ "Amazon EC2", "amazon" },
		{ "Google Compute Engine", "google" },
		{ "Virtual Machine", "hyperv" },
		{ NULL, NULL },
	};
	static const char *const files[] = {
		"/sys/class/dmi/id/sys_vendor",
		"/sys/class/dmi/id/product_name",
	};
	char line[256];
	const char *name = NULL;

	for (size_t i = 0; i < sizeof(files) / sizeof(*files) && !name; i++)
		if (sy_file_line(root, files[i], line, sizeof(line)))
			name = find_known(boards, line);
	/* The same names are on machines that are rented whole. */
	if (name &&
	    sy_file_line(root, "/sys/class/dmi/id/product_name", line,
	                 sizeof(line)) &&
	    strstr(line, ".metal"))
		name = NULL;
	return name;
}

const char *sy_virtualisation(const char *root, const char *signature)
{
	static const struct known hypervisors[] = {
		{ "KVMKVMKVM", "kvm" },
		{ "VMwareVMware", "vmware" },
		{ "Microsoft Hv", "hyperv" },
		{ "XenVMMXenVMM", "xen" },
		{ "TCGTCGTCGTCG", "qemu" },
		{ "VBoxVBoxVBox", "virtualbox" },
		{ "bhyve", "bhyve" },
		{ "ACRNACRNACRN", "acrn" },
		{ NULL, NULL },
	};
	char line[SY_FACT_LINE_BYTES];
	const char *name = find_known(hypervisors, signature);

	if (name)
		return name;
	if (sy_file_line(root, "/sys/hypervisor/type", line, sizeof(line)) &&
	    strstr(line, "xen"))
		return "xen";
	if (sy_file_line(root, "/proc/device-tree/hypervisor/compatible", line,
	                 sizeof(line)))
		return strstr(line, "kvm") ? "kvm" : "unknown";
	name = virtual_board(root);
	if (name)
		return name;
	if (*signature)
		return "unknown";
	if (sy_file_field(root, "/proc/cpuinfo", "flags", line, sizeof(line)) &&
	    strstr(line, " hypervisor"))
		return "unknown";
	return "none";
}

/*
 * The kernel gives its first namespaces fixed numbers (proc_ns.h); a process
 * in others is in a container, whatever files lie about.
 */
enum namespace { FIRST, OTHER, NOT_TOLD };

static enum namespace find_namespace(const char *root, const char *name,
                                     const char *first)
{
	char path[SY_PATH_BYTES], link[64];
	ssize_t length;
	int bytes =
		snprintf(path, sizeof(path), "%s/proc/self/ns/%s", root, name);

	if (bytes < 0 || (size_t)bytes >= sizeof(path))
		return NOT_TOLD;
	length = readlink(path, link, sizeof(link) - 1);
	if (length < 0)
		return NOT_TOLD;
	link[length] = '\0';
	return strcmp(link, first) ? OTHER : FIRST;
}

static bool exists(const char *root, const char *path)
{
	char full[SY_PATH_BYTES];
	int bytes = snprintf(full, sizeof(full), "%s%s", root, path);

	return bytes > 0 && (size_t)bytes < sizeof(full) && !access(full, F_OK);
}

json_t *sy_container_fact(const char *root)
{
	enum namespace pid = find_namespace(root, "pid", "pid:[4026531836]");
	enum namespace cgroup =
		find_namespace(root, "cgroup", "cgroup:[4026531835]");
	char line[64];

	if (pid == NOT_TOLD && cgroup == NOT_TOLD)
		return json_null();
	if (pid != OTHER && cgroup != OTHER)
		return json_string("none");
	if (sy_file_line(root, "/run/systemd/container", line, sizeof(line)))
		return sy_json_text(line);
	if (exists(root, "/run/.containerenv"))
		return json_string("podman");
	if (exists(root, "/.dockerenv"))
		return json_string("docker");
	return json_string("unknown");
}
