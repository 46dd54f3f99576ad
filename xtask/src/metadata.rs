//! What `cargo metadata` says, as far as the rules need it, and questions about the dependency graph.

use crate::run::cargo;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::PathBuf;

/// The workspace and everything it depends on.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    workspace_members: Vec<String>,
    resolve: Resolve,
}

/// One package of the graph.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    /// Absent for a package that is a folder of ours.
    pub(crate) source: Option<String>,
    /// Its Cargo.toml.
    #[serde(default)]
    pub(crate) manifest_path: PathBuf,
    /// The file with its licence, where that has a name of its own.
    #[serde(default)]
    pub(crate) license_file: Option<PathBuf>,
    #[serde(default)]
    pub(crate) authors: Vec<String>,
    dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
    #[serde(default)]
    features: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    deps: Vec<NodeDependency>,
}

#[derive(Debug, Deserialize)]
struct NodeDependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Debug, Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// One arrow between two packages of the workspace.
#[derive(Debug)]
pub(crate) struct Edge<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) dev: bool,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn load() -> Result<Self, String> {
        let output = cargo().args(["metadata", "--format-version", "1"]).output();
        let output = output.map_err(|error| format!("cargo metadata cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))
    }

    /// The packages of the workspace.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| self.workspace_members.contains(&package.id))
    }

    /// Every declared dependency of a member on a member: optional and platform-specific ones too.
    pub(crate) fn edges(&self) -> Vec<Edge<'_>> {
        let names: BTreeSet<&str> = self.members().map(|package| package.name.as_str()).collect();
        let of = |package| dependencies_of(package).filter(|edge| names.contains(edge.to));
        self.members().flat_map(of).collect()
    }

    /// The members that ask for a feature of another one.
    pub(crate) fn askers(&self, of: &str, feature: &str) -> Vec<&str> {
        let asks = |package: &&Package| {
            package
                .dependencies
                .iter()
                .any(|it| it.name == of && it.features.iter().any(|one| one == feature))
        };
        self.members().filter(asks).map(|package| package.name.as_str()).collect()
    }

    /// The shortest way from a member to a package called `to` along normal dependencies, every platform included.
    pub(crate) fn way(&self, from: &str, to: &str) -> Option<Vec<&str>> {
        let names: BTreeMap<&str, &str> =
            self.packages.iter().map(|package| (package.id.as_str(), package.name.as_str())).collect();
        let nodes: BTreeMap<&str, &Node> =
            self.resolve.nodes.iter().map(|node| (node.id.as_str(), node)).collect();
        let start = self.members().find(|package| package.name == from)?.id.as_str();
        let mut came_from = BTreeMap::from([(start, start)]);
        let mut queue = VecDeque::from([start]);
        while let Some(id) = queue.pop_front() {
            if names.get(id) == Some(&to) {
                let ids = std::iter::successors(Some(id), |id| {
                    came_from.get(id).copied().filter(|previous| previous != id)
                });
                let mut way: Vec<&str> = ids.filter_map(|id| names.get(id).copied()).collect();
                way.reverse();
                return Some(way);
            }
            for next in nodes.get(id).into_iter().flat_map(|node| normal_dependencies(node)) {
                came_from.entry(next).or_insert_with(|| {
                    queue.push_back(next);
                    id
                });
            }
        }
        None
    }
}

fn dependencies_of(package: &Package) -> impl Iterator<Item = Edge<'_>> {
    package.dependencies.iter().map(|dependency| Edge {
        from: &package.name,
        to: &dependency.name,
        dev: dependency.kind.as_deref() == Some("dev"),
    })
}

/// What a build of the node compiles in: neither for tests nor for build scripts only.
fn normal_dependencies(node: &Node) -> impl Iterator<Item = &str> {
    let normal = |dependency: &&NodeDependency| dependency.dep_kinds.iter().any(|kind| kind.kind.is_none());
    node.deps.iter().filter(normal).map(|dependency| dependency.pkg.as_str())
}
